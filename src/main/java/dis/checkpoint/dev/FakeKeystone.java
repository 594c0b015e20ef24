package dis.checkpoint.dev;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A fake IAM for development and tests. It issues, checks and revokes tokens through the calls of Keystone v3.
 *
 * <p>Its only user is {@value #USER} with the password {@value #PASSWORD}, a member of all {@link #PROJECTS}. For each project
 * it also has a token that never expires ({@link #tokenOf}).
 */
public final class FakeKeystone implements AutoCloseable {

    public static final String USER = "developer";
    public static final String PASSWORD = "development-only";
    public static final List<String> PROJECTS = List.of("project-1", "project-2");
    public static final String ROLE = "dis_operator";

    private static final String REGION = "eu-de";
    private static final Duration LIFETIME = Duration.ofHours(24);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Map<String, Issued> issued = new ConcurrentHashMap<>();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final HttpServer server;
    private final List<Map<String, Object>> catalog;

    /** A token without a project is unscoped. */
    private record Issued(String project, String role, Instant expiresAt) {}

    /**
     * Starts without a catalogue of services.
     *
     * @param port 0 for any free port
     */
    public FakeKeystone(int port) throws IOException {
        this(port, null);
    }

    /**
     * @param port 0 for any free port
     * @param function the address of the function, which the catalogue of a token names as that of DIS; may be {@code null}
     */
    public FakeKeystone(int port, URI function) throws IOException {
        catalog = function == null ? List.of() : List.of(disAt(function));
        PROJECTS.forEach(
                project -> issue(tokenOf(project), project, ROLE, Instant.now().plus(Duration.ofDays(36_500))));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(executor);
        server.createContext("/v3", this::version);
        server.createContext("/v3/auth/tokens", this::handle);
        server.start();
    }

    /** As gophertelekomcloud looks for DIS: it appends {@code v2} and the project by itself. */
    private static Map<String, Object> disAt(URI function) {
        Map<String, Object> endpoint =
                Map.of("interface", "public", "region", REGION, "region_id", REGION, "url", function.toString());
        return Map.of("type", "dis", "name", "dis", "id", "dis", "endpoints", List.of(endpoint));
    }

    /** The token of a project that exists from the start, such as {@code token-of-project-1}. */
    public static String tokenOf(String project) {
        return "token-of-" + project;
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /**
     * Issues a token.
     *
     * @param project {@code null} for an unscoped token
     */
    public void issue(String token, String project, String role, Instant expiresAt) {
        issued.put(token, new Issued(project, role, expiresAt));
    }

    public void revoke(String token) {
        issued.remove(token);
    }

    /** Replaces the handler of {@code /v3/auth/tokens}. */
    public void answerWith(HttpHandler handler) {
        server.removeContext("/v3/auth/tokens");
        server.createContext("/v3/auth/tokens", handler);
    }

    /** Adds a handler for another path. */
    public void answerAt(String path, HttpHandler handler) {
        server.createContext(path, handler);
    }

    /** The handler of {@code /v3/auth/tokens} that behaves like Keystone. */
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            switch (exchange.getRequestMethod()) {
                case "POST" -> authenticate(exchange);
                case "GET" -> validate(exchange);
                case "DELETE" -> {
                    revoke(exchange.getRequestHeaders().getFirst("X-Subject-Token"));
                    exchange.sendResponseHeaders(204, -1);
                }
                default -> exchange.sendResponseHeaders(405, -1);
            }
        }
    }

    private void version(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (exchange.getRequestURI().getPath().equals("/v3")) {
                send(exchange, 200, Map.of("version", Map.of("id", "v3.14", "status", "stable")));
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
        }
    }

    private void authenticate(HttpExchange exchange) throws IOException {
        JsonNode auth = MAPPER.readTree(exchange.getRequestBody()).path("auth");
        JsonNode user = auth.path("identity").path("password").path("user");
        JsonNode scope = auth.path("scope").path("project");
        String project = scope.hasNonNull("id")
                ? scope.path("id").asText()
                : scope.path("name").asText(null);
        if (!USER.equals(user.path("name").asText())
                || !PASSWORD.equals(user.path("password").asText())
                || project != null && !PROJECTS.contains(project)) {
            unauthorized(exchange);
            return;
        }
        String token = UUID.randomUUID().toString();
        issue(token, project, ROLE, Instant.now().plus(LIFETIME));
        answer(exchange, 201, token, issued.get(token));
    }

    private void validate(HttpExchange exchange) throws IOException {
        Issued caller = valid(exchange.getRequestHeaders().getFirst("X-Auth-Token"));
        String token = exchange.getRequestHeaders().getFirst("X-Subject-Token");
        Issued subject = valid(token);
        if (caller == null || subject == null) {
            unauthorized(exchange);
        } else {
            answer(exchange, 200, token, subject);
        }
    }

    private Issued valid(String token) {
        Issued known = token == null ? null : issued.get(token);
        return known != null && Instant.now().isBefore(known.expiresAt()) ? known : null;
    }

    private void unauthorized(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("WWW-Authenticate", "Keystone uri=\"" + endpoint() + "\"");
        send(exchange, 401, Map.of("error", Map.of("code", 401, "title", "Unauthorized")));
    }

    private void answer(HttpExchange exchange, int status, String token, Issued subject) throws IOException {
        Map<String, Object> body = new HashMap<>(Map.of(
                "methods", List.of("password"),
                "user", Map.of("id", USER, "name", USER),
                "expires_at", subject.expiresAt().toString()));
        if (subject.project() != null) {
            body.put("project", Map.of("id", subject.project(), "name", subject.project()));
            body.put("roles", List.of(Map.of("id", subject.role(), "name", subject.role())));
            String query = exchange.getRequestURI().getQuery();
            if (query == null || !query.contains("nocatalog")) {
                body.put("catalog", catalog);
            }
        }
        exchange.getResponseHeaders().set("X-Subject-Token", token);
        send(exchange, status, Map.of("token", body));
    }

    private static void send(HttpExchange exchange, int status, Object body) throws IOException {
        byte[] bytes = MAPPER.writeValueAsBytes(body);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
