package dis.checkpoint.support;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.in;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent.RequestContext;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The ways in which a call reaches the function. Each makes its own kind of event of a call, and takes its own form of answer.
 * The events have the fields that AWS documents.
 */
public enum Way {
    HTTP_API {
        @Override
        public ObjectNode event(APIGatewayV2HTTPEvent call) {
            return MAPPER.valueToTree(call);
        }
    },

    /** At the address of its own, where the client calls the path below the stage. */
    REST_API {
        @Override
        public ObjectNode event(APIGatewayV2HTTPEvent call) {
            ObjectNode event = MAPPER.createObjectNode();
            event.put("resource", "/{proxy+}");
            event.put("path", call.getRawPath());
            event.put("httpMethod", method(call));
            Map<String, List<String>> headers = headers(call);
            event.set("headers", lastOfEach(headers));
            event.set("multiValueHeaders", MAPPER.valueToTree(headers));
            Map<String, List<String>> query = query(call, Way::decoded);
            event.set("queryStringParameters", query.isEmpty() ? null : lastOfEach(query));
            event.set("multiValueQueryStringParameters", query.isEmpty() ? null : MAPPER.valueToTree(query));
            event.putObject("pathParameters").put("proxy", call.getRawPath().replaceAll("^/|/$", ""));
            event.putNull("stageVariables");
            ObjectNode context = event.putObject("requestContext");
            context.put("accountId", "000000000000");
            context.put("apiId", "checkpoints");
            context.put("extendedRequestId", "extended");
            context.put("httpMethod", method(call));
            context.putObject("identity")
                    .put("sourceIp", call.getRequestContext().getHttp().getSourceIp())
                    .putNull("cognitoIdentityId");
            context.put("path", '/' + STAGE + call.getRawPath());
            context.put("protocol", "HTTP/1.1");
            context.put("requestId", call.getRequestContext().getRequestId());
            context.put("resourcePath", "/{proxy+}");
            context.put("stage", STAGE);
            return withBody(event, call, call.getBody());
        }
    },

    LOAD_BALANCER {
        @Override
        public ObjectNode event(APIGatewayV2HTTPEvent call) {
            ObjectNode event = ofLoadBalancer(call);
            event.set("headers", lastOfEach(headers(call)));
            event.set("queryStringParameters", lastOfEach(query(call, UnaryOperator.identity())));
            return event;
        }
    },

    MULTI_VALUE_LOAD_BALANCER {
        @Override
        public ObjectNode event(APIGatewayV2HTTPEvent call) {
            ObjectNode event = ofLoadBalancer(call);
            event.set("multiValueHeaders", MAPPER.valueToTree(headers(call)));
            event.set("multiValueQueryStringParameters", MAPPER.valueToTree(query(call, UnaryOperator.identity())));
            return event;
        }
    };

    /** The stage of the {@link #REST_API}: the path of a client begins with it, and the path of a call does not. */
    public static final String STAGE = "test";

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Pattern ESCAPE = Pattern.compile("%([0-9A-Fa-f]{2})");

    /** The event that this way makes of the call. */
    public abstract ObjectNode event(APIGatewayV2HTTPEvent call);

    /** The event of the call, as Lambda hands it over. */
    public String json(APIGatewayV2HTTPEvent call) {
        return event(call).toString();
    }

    /** The answer of the function to the event of the call, read and written as its poll loop does. */
    public APIGatewayV2HTTPResponse answer(
            RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> function,
            ObjectMapper mapper,
            APIGatewayV2HTTPEvent call) {
        try {
            APIGatewayV2HTTPEvent event = mapper.readValue(json(call), APIGatewayV2HTTPEvent.class);
            return response(mapper.writerFor(APIGatewayV2HTTPResponse.class)
                    .writeValueAsString(function.handleRequest(event, null)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads an answer, which must have the form that this way takes. */
    public APIGatewayV2HTTPResponse response(String payload) {
        try {
            ObjectNode answer = (ObjectNode) MAPPER.readTree(payload);
            if (this == LOAD_BALANCER || this == MULTI_VALUE_LOAD_BALANCER) {
                String description = answer.remove("statusDescription").textValue();
                assertThat(description, startsWith(answer.path("statusCode").intValue() + " "));
            }
            if (this == MULTI_VALUE_LOAD_BALANCER) {
                ObjectNode headers = answer.putObject("headers");
                answer.remove("multiValueHeaders").properties().forEach(header -> {
                    assertThat(header.getValue().size(), is(1));
                    headers.set(header.getKey(), header.getValue().get(0));
                });
            }
            List<String> fields = new ArrayList<>();
            answer.fieldNames().forEachRemaining(fields::add);
            assertThat(fields, everyItem(is(in(Set.of("statusCode", "headers", "body", "isBase64Encoded")))));
            return MAPPER.treeToValue(answer, APIGatewayV2HTTPResponse.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("The answer is no HTTP response: " + payload, e);
        }
    }

    private static ObjectNode ofLoadBalancer(APIGatewayV2HTTPEvent call) {
        ObjectNode event = MAPPER.createObjectNode();
        event.putObject("requestContext")
                .putObject("elb")
                .put(
                        "targetGroupArn",
                        "arn:aws:elasticloadbalancing:eu-central-1:000000000000:targetgroup/checkpoints/0");
        event.put("httpMethod", method(call));
        event.put("path", call.getRawPath());
        return withBody(event, call, call.getBody() == null ? "" : call.getBody());
    }

    private static ObjectNode withBody(ObjectNode event, APIGatewayV2HTTPEvent call, String body) {
        return event.put("body", body).put("isBase64Encoded", call.getIsBase64Encoded());
    }

    private static String method(APIGatewayV2HTTPEvent call) {
        RequestContext context = call.getRequestContext();
        return context.getHttp().getMethod();
    }

    private static Map<String, List<String>> headers(APIGatewayV2HTTPEvent call) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        call.getHeaders().forEach((name, value) -> headers.put(name, List.of(value)));
        return headers;
    }

    private static Map<String, List<String>> query(APIGatewayV2HTTPEvent call, UnaryOperator<String> decoding) {
        Map<String, List<String>> query = new LinkedHashMap<>();
        for (String parameter : call.getRawQueryString().split("&")) {
            if (!parameter.isEmpty()) {
                String[] nameAndValue = parameter.split("=", 2);
                query.computeIfAbsent(decoding.apply(nameAndValue[0]), name -> new ArrayList<>())
                        .add(nameAndValue.length < 2 ? "" : decoding.apply(nameAndValue[1]));
            }
        }
        return query;
    }

    private static JsonNode lastOfEach(Map<String, List<String>> values) {
        ObjectNode last = MAPPER.createObjectNode();
        values.forEach((name, all) -> last.put(name, all.get(all.size() - 1)));
        return last;
    }

    /** Leaves what is no escape, because a test may send any text. */
    private static String decoded(String text) {
        String bytes = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        String decoded = ESCAPE.matcher(bytes)
                .replaceAll(
                        escape -> Matcher.quoteReplacement(Character.toString(Integer.parseInt(escape.group(1), 16))));
        return new String(decoded.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
