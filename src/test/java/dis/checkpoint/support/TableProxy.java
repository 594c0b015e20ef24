package dis.checkpoint.support;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dis.checkpoint.table.CheckpointTable;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.zip.CRC32;

/**
 * A proxy between the function and its table, which counts requests and injects faults of the network and of the service. It also
 * does what DynamoDB may do and DynamoDB Local never does: it answers queries in short pages, and inconsistent reads with the
 * item of the previous read.
 */
public final class TableProxy implements AutoCloseable {

    /** The fate of a request. */
    public enum Fault {
        NONE,

        /** The connection is reset before the table gets the request. */
        RESET_BEFORE_APPLIED,

        /** The table has applied the request when the connection is reset. */
        RESET_AFTER_APPLIED,

        /** The table has applied the request when the connection ends, in the middle of the answer. */
        TORN_ANSWER,

        /** The table applies the request; the answer does not come before the function has given the attempt up. */
        ANSWERED_LATE,

        /** The table gets the request only after the function has given the attempt up: maybe after its repetition. */
        APPLIED_LATE,

        SERVER_ERROR,
        THROTTLED,

        /** Another transaction holds the item. */
        CONFLICT,

        /** All requests of a batch stay unprocessed; requests that are no batch are answered. */
        UNPROCESSED,

        MISSING_TABLE,

        /** The table has refused a write without the stored item, as stores that only resemble DynamoDB do. */
        REFUSED_WITHOUT_ITEM,

        /** The table has refused a write with the key of the stored item, but without its other attributes. */
        REFUSED_WITH_KEY_ALONE,

        /** The table has applied the request; the body of the answer lacks its end, and Content-Length agrees with that. */
        CUT_SHORT,

        /** The table has applied the request; of its answer, the status and the request id come before the connection ends. */
        CUT_BEHIND_REQUEST_ID,

        /** As before, and the name of the length comes, too. */
        CUT_IN_LENGTH,

        /** The table has applied the request; the body of the answer is replaced by an empty object, its checksum is not. */
        EMPTIED,

        /** Another server answers 200 and an empty object. */
        FOREIGN_EMPTY_OBJECT,

        /** Another server answers 200 and an empty body. */
        FOREIGN_EMPTY_BODY,

        /** Another server answers 204. */
        FOREIGN_NO_CONTENT,

        /** Another server answers 200 and an HTML page. */
        FOREIGN_HTML,

        /** Another server refuses the condition of a write. */
        FOREIGN_REFUSAL,

        /** There is never an answer. */
        HANG,

        /** The answer comes so slowly that it never ends, though there is always a next byte in time. */
        DRIP
    }

    private static final int DRIP_MILLIS = 50;

    /** More than a batch of deletions. */
    private static final int PAGE = 30;

    private static final int OK = 200;
    private static final String MEDIA_TYPE = "application/x-amz-json-1.0";
    private static final String REQUEST_ID = "x-amzn-requestid";
    private static final String CHECKSUM = "x-amz-crc32";

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** Headers that the HTTP client sets by itself. */
    private static final Set<String> OF_A_CONNECTION =
            Set.of("host", "connection", "content-length", "transfer-encoding", "expect", "upgrade");

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final Set<Socket> silent = ConcurrentHashMap.newKeySet();
    private final Set<Request> inHand = new HashSet<>();
    private final Map<String, Answer> eventual = new ConcurrentHashMap<>();
    private final Map<Fault, Integer> counts = new ConcurrentSkipListMap<>();
    private final AtomicInteger keyRequests = new AtomicInteger();
    private final Set<String> sessionTokens = ConcurrentHashMap.newKeySet();
    private final ServerSocket server;
    private final URI table;
    private volatile Supplier<Fault> faults;

    private record Request(Map<String, String> headers, String body) {}

    private record Answer(int status, Map<String, String> headers, byte[] body) {

        static Answer error(int status, String type) {
            String body =
                    "{\"__type\":\"com.amazonaws.dynamodb.v20120810#%s\",\"message\":\"injected\"}".formatted(type);
            return new Answer(status, Map.of("Content-Type", MEDIA_TYPE, REQUEST_ID, "INJECTED"), bytes(body));
        }

        static Answer foreign(int status, String body) {
            return new Answer(status, Map.of("Content-Type", MEDIA_TYPE), bytes(body));
        }

        /** The same with another body and its checksum, where there was a checksum. */
        Answer with(String other) {
            Map<String, String> changed = new TreeMap<>(headers);
            CRC32 checksum = new CRC32();
            checksum.update(bytes(other));
            changed.computeIfPresent(CHECKSUM, (name, value) -> Long.toString(checksum.getValue()));
            return new Answer(status, changed, bytes(other));
        }

        /** The same status and headers, the checksum among them, with another body. */
        Answer withBody(byte[] other) {
            return new Answer(status, headers, other);
        }

        /** The status and the request id, without the line that ends a head. */
        String head() {
            return "HTTP/1.1 %d -\r\n%s: %s\r\n".formatted(status, REQUEST_ID, headers.get(REQUEST_ID));
        }

        byte[] message() throws IOException {
            StringBuilder head = new StringBuilder();
            head.append("HTTP/1.1 ")
                    .append(status)
                    .append(" -\r\nContent-Length: ")
                    .append(body.length)
                    .append("\r\n");
            headers.forEach((name, value) ->
                    head.append(name).append(": ").append(value).append("\r\n"));
            ByteArrayOutputStream message = new ByteArrayOutputStream();
            message.write(bytes(head + "\r\n"));
            message.write(body);
            return message.toByteArray();
        }
    }

    public TableProxy(URI table) throws IOException {
        this.table = table;
        server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        recover();
        executor.submit(() -> {
            while (true) {
                Socket connection = server.accept();
                executor.submit(() -> serve(connection));
            }
        });
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    /** Asks {@code faults} for the fault of each request from now on. */
    public void failWith(Supplier<Fault> faults) {
        this.faults = faults;
    }

    public void recover() {
        failWith(() -> Fault.NONE);
    }

    /** The number of requests so far, by their fault. */
    public Map<Fault, Integer> counts() {
        return new TreeMap<>(counts);
    }

    public int requests() {
        return counts.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** The number of requests to the table of access keys. */
    public int keyRequests() {
        return keyRequests.get();
    }

    /** The AWS session tokens with which requests were signed. */
    public Set<String> sessionTokens() {
        return Set.copyOf(sessionTokens);
    }

    /** The number of open connections. */
    public int connections() {
        return connections.size();
    }

    /** Closes all connections, as a table does with idle ones. */
    public void disconnect() throws IOException {
        for (Closeable connection : connections) {
            connection.close();
        }
    }

    /** Resets all connections, as a NAT gateway does that has forgotten them. */
    public void reset() throws IOException {
        for (Socket connection : connections) {
            connection.setSoLinger(true, 0);
            connection.close();
        }
    }

    /** Drops all answers on the open connections from now on, as if their packets got lost. */
    public void goSilent() {
        silent.addAll(connections);
    }

    private void take(Request request) {
        synchronized (inHand) {
            inHand.add(request);
        }
    }

    private void drop(Request request) {
        synchronized (inHand) {
            inHand.remove(request);
            inHand.notifyAll();
        }
    }

    /** Waits until the requests that contain the text, late ones included, have reached the table. */
    public void awaitLate(String text) throws InterruptedException {
        synchronized (inHand) {
            while (inHand.stream().anyMatch(request -> request.body().contains(text))) {
                inHand.wait();
            }
        }
    }

    private void serve(Socket connection) {
        connections.add(connection);
        try (connection) {
            connection.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(connection.getInputStream());
            for (Request request = read(in); request != null; request = read(in)) {
                Fault fault = silent.contains(connection) ? Fault.HANG : faults.get();
                counts.merge(fault, 1, Integer::sum);
                if (request.body().contains('"' + EmbeddedServices.ACCESS_KEYS + '"')) {
                    keyRequests.incrementAndGet();
                }
                Optional.ofNullable(request.headers().get("x-amz-security-token"))
                        .ifPresent(sessionTokens::add);
                take(request);
                try {
                    if (!answer(request, fault, connection, in)) {
                        return;
                    }
                } finally {
                    drop(request);
                }
            }
        } catch (IOException e) {
            // The client has closed the connection.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            connections.remove(connection);
            silent.remove(connection);
        }
    }

    /**
     * @return whether the connection can be used again
     */
    private boolean answer(Request request, Fault fault, Socket connection, InputStream in)
            throws IOException, InterruptedException {
        OutputStream out = connection.getOutputStream();
        Answer answer = wholeAnswer(request, fault);
        if (answer != null) {
            out.write(answer.message());
            return true;
        }
        switch (fault) {
            case CUT_BEHIND_REQUEST_ID -> out.write(bytes(apply(request).head()));
            case CUT_IN_LENGTH -> out.write(bytes(apply(request).head() + "Content-Length:"));
            case RESET_BEFORE_APPLIED -> connection.setSoLinger(true, 0);
            case RESET_AFTER_APPLIED -> {
                apply(request);
                connection.setSoLinger(true, 0);
            }
            case TORN_ANSWER -> {
                byte[] message = apply(request).message();
                out.write(message, 0, message.length - 1);
            }
            case ANSWERED_LATE -> {
                apply(request);
                awaitEnd(in);
            }
            case APPLIED_LATE -> {
                awaitEnd(in);
                apply(request);
            }
            case DRIP -> {
                out.write(bytes("HTTP/1.1 200 -\r\nContent-Length: 1000000\r\n\r\n"));
                connection.setSoTimeout(DRIP_MILLIS);
                while (!hasEnded(in)) {
                    out.write(' ');
                }
            }
            default -> awaitEnd(in);
        }
        return false;
    }

    /** The answer of the table, or in its place; {@code null} where the connection fails. */
    private Answer wholeAnswer(Request request, Fault fault) throws IOException, InterruptedException {
        return switch (fault) {
            case NONE -> apply(request);
            case MISSING_TABLE ->
                apply(new Request(request.headers(), request.body().replace(EmbeddedServices.TABLE, "no-such-table")));
            case SERVER_ERROR -> Answer.error(500, "InternalServerError");
            case THROTTLED -> Answer.error(400, "ProvisionedThroughputExceededException");
            case CONFLICT -> Answer.error(400, "TransactionConflictException");
            case UNPROCESSED -> request.body().contains("RequestItems") ? unprocessed(request) : apply(request);
            case REFUSED_WITHOUT_ITEM -> refusal(apply(request), List.of());
            case REFUSED_WITH_KEY_ALONE ->
                refusal(apply(request), List.of(CheckpointTable.CONSUMER, CheckpointTable.CHECKPOINT));
            case CUT_SHORT -> {
                Answer answer = apply(request);
                yield answer.withBody(Arrays.copyOf(answer.body(), answer.body().length / 2));
            }
            case EMPTIED -> apply(request).withBody(bytes("{}"));
            case FOREIGN_EMPTY_OBJECT -> Answer.foreign(200, "{}");
            case FOREIGN_EMPTY_BODY -> Answer.foreign(200, "");
            case FOREIGN_NO_CONTENT -> Answer.foreign(204, "");
            case FOREIGN_HTML -> Answer.foreign(200, "<html>{</html>");
            case FOREIGN_REFUSAL -> Answer.foreign(400, """
                    {"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",\
                    "Item":{"sequence_number":{"N":"9223372036854775807"}}}""");
            default -> null;
        };
    }

    private static Answer unprocessed(Request request) {
        return new Answer(
                OK,
                Map.of("Content-Type", MEDIA_TYPE, REQUEST_ID, "INJECTED"),
                bytes(request.body().replaceFirst("RequestItems", "UnprocessedItems")));
    }

    /** Leaves only these attributes of the stored item in a refusal. */
    private static Answer refusal(Answer answer, List<String> attributes) throws IOException {
        if (answer.status() == OK) {
            return answer;
        }
        ObjectNode body = (ObjectNode) MAPPER.readTree(answer.body());
        if (attributes.isEmpty()) {
            body.remove("Item");
        } else if (body.get("Item") instanceof ObjectNode item) {
            item.retain(attributes);
        }
        return answer.with(body.toString());
    }

    private Answer apply(Request request) throws IOException, InterruptedException {
        Answer answer = pass(request);
        return request.body().contains("\"ConsistentRead\":false")
                ? Optional.ofNullable(eventual.put(request.body(), answer)).orElse(answer)
                : answer;
    }

    private Answer pass(Request request) throws IOException, InterruptedException {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(table).POST(HttpRequest.BodyPublishers.ofString(inShortPages(request.body())));
        request.headers().forEach((name, value) -> {
            if (!OF_A_CONNECTION.contains(name)) {
                builder.header(name, value);
            }
        });
        HttpResponse<byte[]> response = client.send(builder.build(), HttpResponse.BodyHandlers.ofByteArray());
        Map<String, String> headers = new TreeMap<>();
        response.headers().map().forEach((name, values) -> {
            if (!OF_A_CONNECTION.contains(name)) {
                headers.put(name, values.get(0));
            }
        });
        return new Answer(response.statusCode(), headers, response.body());
    }

    /** Lowers the page size of a query. */
    private static String inShortPages(String body) throws IOException {
        if (!body.contains("\"KeyConditionExpression\"")) {
            return body;
        }
        ObjectNode query = (ObjectNode) MAPPER.readTree(body);
        return query.put("Limit", Math.min(PAGE, query.path("Limit").asInt(PAGE)))
                .toString();
    }

    private static void awaitEnd(InputStream in) {
        try {
            in.read();
        } catch (IOException e) {
            // A reset also ends the connection.
        }
    }

    private static boolean hasEnded(InputStream in) throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        }
    }

    /** The next request; {@code null} at the end of the connection. */
    private static Request read(InputStream in) throws IOException {
        if (line(in).isEmpty()) {
            return null;
        }
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int length = Integer.parseInt(headers.get("content-length"));
        return new Request(headers, new String(in.readNBytes(length), StandardCharsets.UTF_8));
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.write(c);
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            server.close();
            disconnect();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        executor.shutdownNow();
    }
}
