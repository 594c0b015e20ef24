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
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands in for IAM in development and tests: issues, checks and revokes tokens through the calls of Keystone v3.
 *
 * <p>Its one user is {@value #USER} with the password {@value #PASSWORD}, a member of {@link #PROJECTS}. For each of them
 * there is also a token that never expires ({@link #tokenOf}).
 */
public final class FakeKeystone implements AutoCloseable {

    public static final String USER = "developer";
    public static final String PASSWORD = "development-only";
    public static final List<String> PROJECTS = List.of("project-1", "project-2");
    public static final String ROLE = "dis_operator";

    private static final Duration LIFETIME = Duration.ofHours(24);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Map<String, Issued> issued = new ConcurrentHashMap<>();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final HttpServer server;

    /** A token without a project is unscoped. */
    private record Issued(String project, String role, Instant expiresAt) {}

    /**
     * @param port 0 for any free one
     */
    public FakeKeystone(int port) throws IOException {
        PROJECTS.forEach(
                project -> issue(tokenOf(project), project, ROLE, Instant.now().plus(Duration.ofDays(36_500))));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(executor);
        server.createContext("/v3", this::version);
        server.createContext("/v3/auth/tokens", this::handle);
        server.start();
    }

    /** The token of a project that is there from the start, such as {@code token-of-project-1}. */
    public static String tokenOf(String project) {
        return "token-of-" + project;
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /**
     * Makes a token known.
     *
     * @param project {@code null} for an unscoped token
     */
    public void issue(String token, String project, String role, Instant expiresAt) {
        issued.put(token, new Issued(project, role, expiresAt));
    }

    public void revoke(String token) {
        issued.remove(token);
    }

    /** Lets another handler answer below {@code /v3/auth/tokens} from now on. */
    public void answerWith(HttpHandler handler) {
        server.removeContext("/v3/auth/tokens");
        server.createContext("/v3/auth/tokens", handler);
    }

    /** Lets a handler answer below another path. */
    public void answerAt(String path, HttpHandler handler) {
        server.createContext(path, handler);
    }

    /** Answers as Keystone does. */
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
        exchange.getResponseHeaders().set("X-Subject-Token", token);
        answer(exchange, 201, issued.get(token));
    }

    private void validate(HttpExchange exchange) throws IOException {
        Issued caller = valid(exchange.getRequestHeaders().getFirst("X-Auth-Token"));
        Issued subject = valid(exchange.getRequestHeaders().getFirst("X-Subject-Token"));
        if (caller == null || subject == null) {
            unauthorized(exchange);
        } else {
            answer(exchange, 200, subject);
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

    private static void answer(HttpExchange exchange, int status, Issued token) throws IOException {
        Map<String, Object> common = Map.of(
                "methods", List.of("password"),
                "user", Map.of("id", USER, "name", USER),
                "expires_at", token.expiresAt().toString());
        send(exchange, status, Map.of("token", token.project() == null ? common : scoped(common, token)));
    }

    private static Map<String, Object> scoped(Map<String, Object> common, Issued token) {
        Map<String, Object> scoped = new ConcurrentHashMap<>(common);
        scoped.put("project", Map.of("id", token.project(), "name", token.project()));
        scoped.put("roles", List.of(Map.of("id", token.role(), "name", token.role())));
        return scoped;
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
