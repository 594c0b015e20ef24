package dis.checkpoint.startup;

import com.fasterxml.jackson.core.JsonProcessingException;
import dis.checkpoint.lambda.JsonLine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * Polls Lambda's Runtime API for events and answers them, in the native executable. On the JVM, Lambda's own client does.
 *
 * <p>It replaces the loop of Quarkus ({@code graal.StartSubstitutions}), because that loop returns and leaves the process alive
 * where Lambda drops two polls, polls without a pause where Lambda answers with an error, keeps the trace of one event for the
 * next, and fails an event for a header that the function does not need.
 */
final class EventLoop {

    /** The client of the table sends its value with each call. */
    private static final String TRACE_PROPERTY = "com.amazonaws.xray.traceHeader";

    private static final int MAX_FAILURES = 2;

    /** Between a failed poll and the next one. */
    private static final long PAUSE_MILLIS = 200;

    private final String invocation;
    private final Handler handler;

    /** Answers one event. */
    interface Handler {

        /**
         * @throws JsonProcessingException if the event cannot be understood
         * @throws IOException if Lambda does not send all of it
         */
        void handle(InputStream event, OutputStream answer) throws IOException;
    }

    /** @param runtimeApi host and port, as Lambda sets them */
    EventLoop(String runtimeApi, Handler handler) {
        invocation = "http://" + runtimeApi + "/2018-06-01/runtime/invocation/";
        this.handler = handler;
    }

    /**
     * Polls until the Runtime API fails twice in a row.
     *
     * @return the last failure
     */
    IOException poll() throws InterruptedException {
        for (int failures = 0; ; ) {
            try {
                handleNext();
                failures = 0;
            } catch (IOException e) {
                failures++;
                if (failures == MAX_FAILURES) {
                    return e;
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    /** @throws IOException if Lambda hands over no event, or takes neither its answer nor an error instead */
    private void handleNext() throws IOException {
        HttpURLConnection next = open("next");
        try (InputStream event = next.getInputStream()) {
            String id = next.getHeaderField("Lambda-Runtime-Aws-Request-Id");
            if (next.getResponseCode() != HttpURLConnection.HTTP_OK || id == null) {
                throw new IOException("a poll was answered " + next.getResponseCode() + " without an event");
            }
            setTrace(next.getHeaderField("Lambda-Runtime-Trace-Id"));
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            try {
                handler.handle(event, answer);
            } catch (JsonProcessingException | RuntimeException e) {
                System.out.println(JsonLine.failure(
                        "An event could not be handled: " + e.getClass().getName()));
                postError(id, e);
                return;
            }
            try {
                post(id + "/response", answer.toByteArray());
            } catch (IOException e) {
                postError(id, e);
            }
        }
    }

    /** An event without a trace must not get that of the event before. */
    private static void setTrace(String trace) {
        if (trace == null) {
            System.clearProperty(TRACE_PROPERTY);
        } else {
            System.setProperty(TRACE_PROPERTY, trace);
        }
    }

    /** Without the message of the error, because it may hold what a caller sent. */
    private void postError(String id, Exception error) throws IOException {
        String type = error.getClass().getName();
        post(id + "/error", ("{\"errorType\":\"" + type + "\"}").getBytes(StandardCharsets.UTF_8));
    }

    private void post(String path, byte[] content) throws IOException {
        HttpURLConnection connection = open(path);
        connection.setRequestMethod("POST");
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setDoOutput(true);
        try (OutputStream body = connection.getOutputStream()) {
            body.write(content);
        }
        try (InputStream acknowledgement = connection.getInputStream()) {
            acknowledgement.transferTo(OutputStream.nullOutputStream());
        }
    }

    private HttpURLConnection open(String path) throws IOException {
        return (HttpURLConnection) URI.create(invocation + path).toURL().openConnection(Proxy.NO_PROXY);
    }
}
