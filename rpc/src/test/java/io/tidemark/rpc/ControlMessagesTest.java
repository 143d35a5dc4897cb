package io.tidemark.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tidemark.coordinator.CheckpointRecord;
import io.tidemark.coordinator.ContainerStatus;
import io.tidemark.coordinator.CoordinatorView;
import io.tidemark.coordinator.Orders;
import io.tidemark.rpc.control.v1.AdminMessages;
import io.tidemark.rpc.control.v1.ControlMessages;
import org.junit.jupiter.api.Test;

/** Every field of what is said survives the way; see {@link RandomRecords}. */
class ControlMessagesTest {
  private static final int SEEDS = 500;

  @Test
  void aStatusArrivesAsItWasSent() throws InvalidProtocolBufferException {
    for (long seed = 0; seed < SEEDS; seed++) {
      ContainerStatus status = new RandomRecords(seed).make(ContainerStatus.class);
      byte[] sent = StatusMessages.message(status).toByteArray();
      assertThat(StatusMessages.record(ControlMessages.ContainerStatus.parseFrom(sent)))
          .as("seed %d", seed)
          .isEqualTo(status);
    }
  }

  @Test
  void ordersArriveAsTheyWereSent() throws InvalidProtocolBufferException {
    for (long seed = 0; seed < SEEDS; seed++) {
      Orders orders = new RandomRecords(seed).make(Orders.class);
      byte[] sent = OrdersMessages.message(orders).toByteArray();
      assertThat(OrdersMessages.record(ControlMessages.Orders.parseFrom(sent)))
          .as("seed %d", seed)
          .isEqualTo(orders);
    }
  }

  @Test
  void howTheJobIsArrivesAsItWasSent() throws InvalidProtocolBufferException {
    for (long seed = 0; seed < SEEDS; seed++) {
      CoordinatorView view = new RandomRecords(seed).make(CoordinatorView.class);
      byte[] sent = ViewMessages.message(view).toByteArray();
      assertThat(ViewMessages.record(AdminMessages.JobView.parseFrom(sent)))
          .as("seed %d", seed)
          .isEqualTo(view);
    }
  }

  @Test
  void checkpointsArriveAsTheyWereSent() throws InvalidProtocolBufferException {
    for (long seed = 0; seed < SEEDS; seed++) {
      CheckpointRecord record = new RandomRecords(seed).make(CheckpointRecord.class);
      byte[] sent = CheckpointMessages.message(record).toByteArray();
      assertThat(CheckpointMessages.record(AdminMessages.Checkpoint.parseFrom(sent)))
          .as("seed %d", seed)
          .isEqualTo(record);
    }
  }

  @Test
  void theFingerprintTellsOrdersApartButNotTheirSequenceAndLease() {
    for (long seed = 0; seed < SEEDS; seed++) {
      Orders orders = new RandomRecords(seed).make(Orders.class);
      Orders again = new RandomRecords(seed).make(Orders.class);
      Orders others = new RandomRecords(seed + SEEDS).make(Orders.class);
      ControlMessages.Orders message = OrdersMessages.message(orders);
      ControlMessages.Orders later =
          message.toBuilder().setSequence(orders.sequence() + 1).setLeaseMs(77).build();
      assertThat(OrdersMessages.message(again)).isEqualTo(message);
      assertThat(OrdersMessages.message(OrdersMessages.record(later)).getFingerprint())
          .isEqualTo(message.getFingerprint())
          .isNotZero()
          .isNotEqualTo(OrdersMessages.message(others).getFingerprint());
    }
  }

  @Test
  void aPhaseThatIsNotKnownIsRefused() {
    ControlMessages.ContainerStatus status =
        ControlMessages.ContainerStatus.newBuilder()
            .addTasks(ControlMessages.TaskStatus.newBuilder().setPhaseValue(77))
            .build();
    assertThatThrownBy(() -> StatusMessages.record(status))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("phase");
  }
}
