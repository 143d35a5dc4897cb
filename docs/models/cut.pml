/*
 * The cut protocol of checkpoints, at a small size. README.md says what is modelled and how to run it.
 *
 * Two tasks in a cycle: task 0 counts input records and sends each to task 1, which counts it and sends it back; task 0
 * counts it again. Every step below is one commit of a task or one decision of the coordinator, and takes place whole.
 */

#ifndef INPUTS
#define INPUTS 2 /* records of the outer input */
#endif
#ifndef CHECKPOINTS
#define CHECKPOINTS 2 /* how many are announced at most */
#endif
#ifndef CRASHES
#define CRASHES 1 /* of containers */
#endif
#ifndef SUSPICIONS
#define SUSPICIONS 1 /* a task is given to another although its owner lives: that one is a zombie from then on */
#endif
#ifndef COORDINATOR_CRASHES
#define COORDINATOR_CRASHES 1
#endif
#ifndef RESTARTS
#define RESTARTS 1 /* of the job from its newest completed checkpoint, on a new timeline */
#endif

#define TASKS 2
#define TIMELINES (RESTARTS + 1)
#define OWNERS 3 /* containers that may have a task; each has its own writer */
#define RECORDS (INPUTS * TIMELINES)
#define NOBODY 255

/* Containers' view of a task. */
#define IDLE 0
#define OPENING 1 /* has read the journal, and fenced whom it saw; is about to append its opening block */
#define RUNNING 2

typedef Record {
  byte id;
  byte timeline;
  byte cut
}
/* What a task has committed: the same as the fold over its journal. */
typedef Committed {
  byte input; /* position in the outer input; task 0 only */
  byte position; /* in the channel that it reads */
  byte counted; /* a bit for each record of that channel that had its effect */
  byte entered; /* the same for the outer input */
  byte sent; /* the end of the channel that it writes */
  byte cut /* its last cut */
}
typedef Journal {
  Committed state;
  byte number; /* of the last block */
  byte generation;
  byte writer;
  bool released
}
typedef Timeline {
  Journal journal[TASKS];
  byte origin /* the checkpoint that it was begun from; 0 is none */
}
/* A container, as far as it has to do with one task. */
typedef Owner {
  byte phase;
  byte timeline;
  byte generation;
  byte read; /* number of the block up to which it has read, while opening */
  byte snapshot; /* the cut of which the upload is under way; 0 is none */
  bool fenced /* its writer is refused */
}
/* A status on its way; it may arrive when the sender is long gone. */
typedef Message {
  byte checkpoint;
  byte generation
}
typedef Checkpoint {
  Committed state[TASKS];
  bool uploaded[TASKS]
}
typedef Channel {
  Record record[RECORDS];
  byte end
}
typedef Task {
  Owner owner[OWNERS];
  Message message[OWNERS];
  byte assigned; /* which owner */
  byte generation; /* of the assignment */
  bool acknowledged /* its part of the checkpoint under way */
}

Channel channel[TASKS]; /* by its sender; the other task reads it */
Timeline timeline[TIMELINES];
Checkpoint checkpoint[CHECKPOINTS + 1];
Task task[TASKS];

byte current; /* timeline */
byte generations; /* given so far; durable */
byte numbers; /* of checkpoints given so far; durable */
byte underWay; /* 0 is none */
byte manifest; /* the newest that the blob store has a manifest of */
byte completed; /* the newest that the metadata calls completed */
bool down;

byte crashes = CRASHES, suspicions = SUSPICIONS, coordinatorCrashes = COORDINATOR_CRASHES, restarts = RESTARTS;

#define OWN task[t].owner[o]
#define JOURNAL timeline[OWN.timeline].journal[t]
#define STATE JOURNAL.state
#define NEXT channel[1 - t].record[STATE.position]
#define COMMITS (OWN.phase == RUNNING && !OWN.fenced)
/* Timeline.counts, for timelines that follow one upon another. */
#define COUNTS(record, on) \
  (record.timeline <= on && (record.timeline == on || record.cut < timeline[on].origin))

#define HAS_NEXT (STATE.position < channel[1 - t].end)

/* What the planted bugs change. */
#ifdef COUNT_VOID_RECORDS
#define IS_VOID false
#else
#define IS_VOID (!COUNTS(NEXT, OWN.timeline))
#endif
#ifdef IGNORE_CUT_ON_RECORD
#define TELLS_CUT false
#else
#define TELLS_CUT (NEXT.cut > STATE.cut)
#endif
#ifdef NO_GENERATION_CHECK
#define TOO_OLD false
#else
#define TOO_OLD (JOURNAL.generation >= OWN.generation)
#endif
#ifdef ACCEPT_ANY_GENERATION
#define ACCEPTS(o) (task[t].message[o].checkpoint == underWay)
#else
#define ACCEPTS(o) (task[t].message[o].checkpoint == underWay && task[t].message[o].generation == task[t].generation)
#endif
#ifdef NO_READ_AFTER_OPENING
#define IS_LAST (OWN.read != NOBODY)
#else
#define IS_LAST (OWN.read == JOURNAL.number)
#endif
#ifdef FENCE_NOBODY
#define HAS_FORMER false
#else
#define HAS_FORMER \
  (JOURNAL.writer != NOBODY && JOURNAL.writer != o && !JOURNAL.released && \
   task[t].owner[JOURNAL.writer].timeline == OWN.timeline)
#endif

inline copy(to, from) {
  to.input = from.input;
  to.position = from.position;
  to.counted = from.counted;
  to.entered = from.entered;
  to.sent = from.sent;
  to.cut = from.cut
}

inline send(what) {
  channel[t].record[channel[t].end].id = what;
  channel[t].record[channel[t].end].timeline = OWN.timeline;
  channel[t].record[channel[t].end].cut = STATE.cut;
  channel[t].end++;
  STATE.sent = channel[t].end
}

inline makeCut(number_) {
  STATE.cut = number_;
  STATE.sent = channel[t].end;
  JOURNAL.number++;
  if
  :: number_ == underWay ->
    copy(checkpoint[number_].state[t], STATE);
    OWN.snapshot = number_
  :: else /* it has failed; of no interest any more */
  fi
}

inline acknowledge() {
  task[t].message[o].checkpoint = OWN.snapshot;
  task[t].message[o].generation = OWN.generation
}

inline forget() {
  OWN.phase = IDLE;
  OWN.timeline = 0;
  OWN.generation = 0;
  OWN.read = 0;
  OWN.snapshot = 0;
  OWN.fenced = false
}

inline give(t_) { /* to an owner that has nothing to do with the task yet */
  o_ = 0;
  do
  :: o_ < OWNERS && task[t_].owner[o_].phase != IDLE -> o_++
  :: else -> break
  od;
  assert(o_ < OWNERS);
  generations++;
  task[t_].assigned = o_;
  task[t_].generation = generations;
  task[t_].acknowledged = false;
  o_ = 0
}

inline forgetPart(t_) {
  task[t_].acknowledged = false;
  o_ = 0;
  do
  :: o_ < OWNERS -> task[t_].message[o_].checkpoint = 0; task[t_].message[o_].generation = 0; o_++
  :: else -> break
  od;
  o_ = 0;
  if
  :: underWay != manifest ->
    checkpoint[underWay].uploaded[t_] = false;
    copy(checkpoint[underWay].state[t_], checkpoint[0].state[t_])
  :: else
  fi
}

/* The checkpoint under way has ended. As its number never comes back, what is said of it later is of no interest. */
inline endCheckpoint() {
  forgetPart(0);
  forgetPart(1);
  underWay = 0
}

/* Nothing is received before the receiver's cut that was sent after the sender's. */
inline assertConsistent(n) {
  t_ = 0;
  do
  :: t_ < TASKS ->
    o_ = checkpoint[n].state[1 - t_].sent;
    do
    :: o_ < checkpoint[n].state[t_].position ->
      assert(!COUNTS(channel[1 - t_].record[o_], current));
      o_++
    :: else -> break
    od;
    t_++
  :: else -> break
  od;
  t_ = 0;
  o_ = 0
}

/* Of those that may commit to a journal, there is one at most. */
inline assertOneOwner() {
  n_ = 0;
  o_ = 0;
  do
  :: o_ < OWNERS ->
    if
    :: task[t].owner[o_].phase == RUNNING && !task[t].owner[o_].fenced && task[t].owner[o_].timeline == OWN.timeline ->
      n_++
    :: else
    fi;
    o_++
  :: else -> break
  od;
  assert(n_ <= 1);
  n_ = 0;
  o_ = 0
}

hidden byte t_, o_, n_;

proctype Container(byte t, o) {
end:
  do
  /* Orders: take possession. */
  :: d_step {
    OWN.phase == IDLE && !down && task[t].assigned == o && task[t].generation > 0 &&
    task[t].generation > timeline[current].journal[t].generation ->
    OWN.phase = OPENING;
    OWN.timeline = current;
    OWN.generation = task[t].generation;
    OWN.read = NOBODY /* it has read nothing; its writer is new, and not fenced */
  }
  /* Opening: reads up to the end, and fences who wrote last unless that one has released the task. */
  :: d_step {
    OWN.phase == OPENING && !OWN.fenced && OWN.read != JOURNAL.number && !TOO_OLD ->
    OWN.read = JOURNAL.number;
    if
    :: HAS_FORMER -> task[t].owner[JOURNAL.writer].fenced = true
    :: else
    fi
  }
  /* An assignment that is too old is refused. */
  :: d_step { OWN.phase == OPENING && TOO_OLD -> forget() }
  /* The opening block counts if none came in between. If one did, it is read and all begins again. */
  :: d_step {
    OWN.phase == OPENING && !OWN.fenced && IS_LAST ->
    assert(OWN.generation > JOURNAL.generation); /* a task never goes back to an older assignment */
    JOURNAL.number++;
    JOURNAL.generation = OWN.generation;
    JOURNAL.writer = o;
    JOURNAL.released = false;
    OWN.phase = RUNNING;
    OWN.read = 0;
    assertOneOwner()
  }
  /* A writer that was fenced learns it, at its next commit. */
  :: d_step { OWN.fenced -> forget() }

  /* Orders: the task is somebody else's. It is given up in order. */
  :: d_step {
    COMMITS && !down && OWN.timeline == current && (task[t].assigned != o || task[t].generation != OWN.generation) ->
    JOURNAL.released = true;
    JOURNAL.number++;
    forget()
  }

  /* Orders: the cut. It is made with the next commit. */
  :: d_step {
    COMMITS && !down && OWN.timeline == current && task[t].assigned == o && task[t].generation == OWN.generation &&
    underWay > STATE.cut ->
    makeCut(underWay)
  }

  /* The outer input. */
  :: d_step {
    t == 0 && COMMITS && STATE.input < INPUTS ->
    assert(!(STATE.entered & (1 << STATE.input)));
    STATE.entered = STATE.entered | (1 << STATE.input);
    send(STATE.input);
    STATE.input++;
  }
  /* The channel: a record of an abandoned timeline. */
  :: d_step { COMMITS && HAS_NEXT && IS_VOID -> STATE.position++ }
  /* The channel: a record that tells of a cut. The task cuts before it processes it. */
  :: d_step { COMMITS && HAS_NEXT && !IS_VOID && TELLS_CUT -> makeCut(NEXT.cut) }
  /* The channel: any other record. */
  :: d_step {
    COMMITS && HAS_NEXT && !IS_VOID && !TELLS_CUT ->
    assert(!(STATE.counted & (1 << NEXT.id))); /* no effect twice */
    STATE.counted = STATE.counted | (1 << NEXT.id);
    if
    :: t == 1 -> send(NEXT.id)
    :: else
    fi;
    STATE.position++;
  }

  /* In the background: upload, and tell the coordinator of it, whoever has the task meanwhile. */
  :: d_step {
    OWN.snapshot > 0 ->
    if
    :: OWN.snapshot == underWay -> checkpoint[OWN.snapshot].uploaded[t] = true; acknowledge()
    :: else
    fi;
    OWN.snapshot = 0
  }
#ifdef ACK_BEFORE_UPLOAD
  :: d_step { OWN.snapshot > 0 && OWN.snapshot == underWay && task[t].message[o].checkpoint == 0 -> acknowledge() }
#endif

  :: d_step { OWN.phase != IDLE && crashes > 0 -> crashes--; forget() }
  od
}

#ifdef GO_ON_WITHOUT_OWNER
#define FAILS_WITH_OWNER false
#else
#define FAILS_WITH_OWNER (underWay != manifest)
#endif
#define RUNS(t) \
  (task[t].owner[task[t].assigned].phase == RUNNING && \
   task[t].owner[task[t].assigned].generation == task[t].generation)
#ifdef ANNOUNCE_WHILE_OPENING
#define MAY_ANNOUNCE true
#else
#define MAY_ANNOUNCE (RUNS(0) && RUNS(1))
#endif

/* What the coordinator does about one task. */
proctype Assignment(byte t) {
end:
  do
  /* A container is gone, or keeps silent, or its assignment was refused: another gets the task. */
  :: d_step {
    !down && (task[t].owner[task[t].assigned].phase == IDLE && timeline[current].journal[t].generation >= task[t].generation) ->
    give(t);
    if :: FAILS_WITH_OWNER -> endCheckpoint() :: else fi
  }
  :: d_step {
    !down && suspicions > 0 && task[t].owner[task[t].assigned].phase != IDLE ->
    suspicions--;
    give(t);
    if :: FAILS_WITH_OWNER -> endCheckpoint() :: else fi
  }
  /* An acknowledgement arrives. */
  :: d_step {
    !down && underWay > 0 && !task[t].acknowledged && (ACCEPTS(0) || ACCEPTS(1) || ACCEPTS(2)) ->
    task[t].acknowledged = true
  }
  od
}

proctype Conductor() {
end:
  do
  :: d_step {
    !down && underWay == 0 && numbers < CHECKPOINTS && MAY_ANNOUNCE ->
    numbers++;
    underWay = numbers
  }
  /* All have acknowledged: the manifest is written, and then the metadata. */
  :: d_step {
    !down && underWay > manifest && task[0].acknowledged && task[1].acknowledged ->
    assert(checkpoint[underWay].uploaded[0] && checkpoint[underWay].uploaded[1]);
    assertConsistent(underWay);
    manifest = underWay
  }
  :: d_step { !down && underWay > 0 && underWay == manifest -> completed = manifest; endCheckpoint() }
  :: d_step { !down && coordinatorCrashes > 0 -> coordinatorCrashes--; down = true }
  /* What it knew of the checkpoint under way is gone. The blob store says whether it was completed. */
  :: d_step { down -> down = false; completed = manifest; endCheckpoint() }
  /* The job is started from its newest completed checkpoint; the containers of before may live on for a while. */
  :: d_step {
    !down && restarts > 0 ->
    restarts--;
    current++;
    completed = manifest;
    timeline[current].origin = completed;
    copy(timeline[current].journal[0].state, checkpoint[completed].state[0]);
    copy(timeline[current].journal[1].state, checkpoint[completed].state[1]);
    endCheckpoint();
    give(0);
    give(1)
  }
  od
}

/* From some moment on nothing more goes wrong. */
proctype Calm() {
  d_step {
    crashes = 0;
    suspicions = 0;
    coordinatorCrashes = 0;
    restarts = 0
  }
}

#define ALL ((1 << INPUTS) - 1)
#define RAN(t) (RUNS(t) && task[t].owner[task[t].assigned].timeline == current)
#define LAST(t) timeline[current].journal[t].state

/* When nothing can go on any more, everything has been done. */
proctype End() {
  atomic {
    timeout ->
    assert(crashes == 0 && restarts == 0);
    assert(underWay == 0 && !down); /* each checkpoint that was announced has ended */
    assert(completed == manifest);
    assert(RAN(0) && RAN(1)); /* each task has its owner */
    assert(LAST(0).entered == ALL && LAST(1).counted == ALL && LAST(0).counted == ALL) /* no effect is lost */
  }
}

init {
  d_step {
    t_ = 0;
    do
    :: t_ < TASKS ->
      o_ = 0;
      do
      :: o_ < TIMELINES -> timeline[o_].journal[t_].writer = NOBODY; o_++
      :: else -> break
      od;
      generations++;
      task[t_].generation = generations;
      t_++
    :: else -> break
    od;
    t_ = 0;
    o_ = 0
  }
  atomic {
    run Container(0, 0); run Container(0, 1); run Container(0, 2);
    run Container(1, 0); run Container(1, 1); run Container(1, 2);
    run Assignment(0); run Assignment(1);
    run Conductor();
    run Calm();
    run End()
  }
}
