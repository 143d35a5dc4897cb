package io.tidemark.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.util.FileSize;
import org.slf4j.LoggerFactory;

/**
 * Where log lines go: warnings to the error stream, which belongs to the user; or, in a process
 * that the command started, everything of note to the file that the system property {@code
 * tidemark.log.file} names, kept within {@value #FILES} files of 20 MB and the current one.
 *
 * <p>A file given with {@code -Dlogback.configurationFile} replaces all of this. Logback calls it
 * once, before the first line.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class Logging extends ContextAwareBase implements Configurator {
  static final String FILE = "tidemark.log.file";

  private static final int FILES = 3;
  private static final FileSize FILE_SIZE = FileSize.valueOf("20MB");
  private static final String OURS = "io.tidemark";
  private static final String KAFKA = "org.apache.kafka";

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (System.getProperty("logback.configurationFile") != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    String file = System.getProperty(FILE);
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(file == null ? console(context) : file(context, file));
    context.getLogger(OURS).setLevel(file == null ? Level.WARN : Level.INFO);
    if (file == null) {
      // Its clients warn many times a second while a broker is away; we say it once.
      context.getLogger(KAFKA).setLevel(Level.ERROR);
    }
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** From here on, says what happens and not only what goes wrong. */
  static void makeVerbose() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.INFO);
      context.getLogger(OURS).setLevel(Level.INFO);
      context.getLogger(KAFKA).setLevel(Level.WARN);
    }
  }

  private static Appender<ILoggingEvent> console(LoggerContext context) {
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setTarget("System.err");
    return started(console, context, "%d{HH:mm:ss} %-5level %logger{0} - %msg%n%ex{short}");
  }

  private static Appender<ILoggingEvent> file(LoggerContext context, String name) {
    RollingFileAppender<ILoggingEvent> file = new RollingFileAppender<>();
    file.setFile(name);

    FixedWindowRollingPolicy window = new FixedWindowRollingPolicy();
    window.setContext(context);
    window.setParent(file);
    window.setFileNamePattern(name + ".%i");
    window.setMinIndex(1);
    window.setMaxIndex(FILES);
    window.start();
    file.setRollingPolicy(window);

    SizeBasedTriggeringPolicy<ILoggingEvent> size = new SizeBasedTriggeringPolicy<>();
    size.setContext(context);
    size.setMaxFileSize(FILE_SIZE);
    size.start();
    file.setTriggeringPolicy(size);
    return started(
        file, context, "%d{yyyy-MM-dd HH:mm:ss.SSS} %-5level [%thread] %logger{24} - %msg%n");
  }

  private static Appender<ILoggingEvent> started(
      OutputStreamAppender<ILoggingEvent> appender, LoggerContext context, String pattern) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(pattern);
    encoder.start();
    appender.setName(appender.getClass().getSimpleName());
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.start();
    return appender;
  }
}
