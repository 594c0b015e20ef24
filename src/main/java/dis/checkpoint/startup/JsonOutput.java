package dis.checkpoint.startup;

import dis.checkpoint.lambda.JsonLine;
import dis.checkpoint.lambda.LogField;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtFormatter;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;

/** Makes a line of JSON of each log record of a library, with its stack trace, and of each line that a library prints. */
final class JsonOutput extends ExtFormatter {

    static void install() {
        format(Logger.getLogger("").getHandlers());
        System.setOut(lines(System.out));
        System.setErr(lines(System.err));
    }

    static PrintStream lines(PrintStream console) {
        return new PrintStream(new Lines(console), true, StandardCharsets.UTF_8);
    }

    private static void format(Handler[] handlers) {
        for (Handler handler : handlers) {
            handler.setFormatter(new JsonOutput());
            if (handler instanceof ExtHandler parent) {
                format(parent.getHandlers());
            }
        }
    }

    @Override
    public String format(ExtLogRecord record) {
        Map<LogField, Object> line = new EnumMap<>(LogField.class);
        line.put(LogField.LEVEL, level(record.getLevel()));
        line.put(LogField.LOGGER, String.valueOf(record.getLoggerName()));
        line.put(LogField.MESSAGE, String.valueOf(formatMessage(record)));
        if (record.getThrown() != null) {
            StringWriter trace = new StringWriter();
            record.getThrown().printStackTrace(new PrintWriter(trace, true));
            line.put(LogField.EXCEPTION, trace.toString());
        }
        return JsonLine.of(line) + '\n';
    }

    private static String level(Level level) {
        return level.intValue() >= Level.SEVERE.intValue()
                ? "ERROR"
                : level.intValue() >= Level.WARNING.intValue() ? "WARN" : "INFO";
    }

    /** Writes lines of JSON as they are, and makes JSON of other lines. */
    private static final class Lines extends ByteArrayOutputStream {

        private final PrintStream console;

        Lines(PrintStream console) {
            this.console = console;
        }

        @Override
        public synchronized void write(int character) {
            if (character != '\n') {
                super.write(character);
            } else if (count > 0) {
                String text = toString(StandardCharsets.UTF_8);
                reset();
                console.println(text.startsWith("{") ? text : line(text));
            }
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            for (int i = offset; i < offset + length; i++) {
                write(bytes[i]);
            }
        }

        @Override
        public void flush() {
            console.flush();
        }

        private static String line(String text) {
            Map<LogField, Object> line = new EnumMap<>(LogField.class);
            line.put(LogField.LEVEL, "WARN");
            line.put(LogField.MESSAGE, text);
            return JsonLine.of(line);
        }
    }
}
