package dis.checkpoint.dev;

import com.fasterxml.jackson.annotation.JsonProperty;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.domain.SequenceNumber;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.ErrorBody;
import dis.checkpoint.http.CheckpointAnswer;
import dis.checkpoint.http.CheckpointSubmission;
import dis.checkpoint.http.CodePoints;
import dis.checkpoint.http.RequiredPattern;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import jakarta.validation.constraints.DecimalMax;
import java.lang.reflect.Field;
import java.lang.reflect.RecordComponent;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem.HttpMethod;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;

/**
 * Completes the OpenAPI document that the build generates from the resource: with what the event boundary and the error
 * catalogue add to every call, with the rules that only the function's own annotations state, and with words and examples,
 * so that the resource needs no annotations for a document that production does not have.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.RUNTIME_STARTUP)
public class OpenApiDocument implements OASFilter {

    private static final String TOKEN = "token";
    private static final String TAG = "Checkpoints";

    /** Only POST has one. */
    private static final Set<DisError> OF_THE_BODY = EnumSet.of(
            DisError.TOO_LARGE,
            DisError.UNSUPPORTED_MEDIA_TYPE,
            DisError.EMPTY_REQUEST,
            DisError.INVALID_SEQUENCE_NUMBER,
            DisError.SEQUENCE_NUMBER_OUT_OF_RANGE,
            DisError.REQUEST_ERROR,
            DisError.ILLEGAL_GENERATION);

    private static final Map<String, Field> FIELDS = fields(CheckpointSubmission.class);

    /** What each field and parameter of that name means. */
    private static final Map<String, String> MEANINGS = Map.of(
            "app_name", "Name of the app: the consumer that reads the stream",
            "stream_name", "Name of the stream",
            "stream_id", "Ignored beside a stream_name; streams of another account are not supported",
            "checkpoint_type", "Type of the checkpoint",
            "partition_id", "Partition of the stream; 0 and shardId-0000000000 are one partition",
            "sequence_number", "Number of the last record that the app has read, compared as a number",
            "metadata", "Any text of the app, which comes back exactly",
            "generation_id",
                    "Generation of the consumer group, by which a consumer that lost its partition is fenced off",
            "client_id", "Name of the consumer, for the log line of whoever it refuses");

    /** The example of the API reference. */
    private static final Map<String, String> EXAMPLE = new TreeMap<>(Map.of(
            "stream_name", "newstream",
            "app_name", "newapp",
            "partition_id", "0",
            "sequence_number", "2",
            "checkpoint_type", "LAST_READ"));

    private static final String PROJECT_EXAMPLE = "project-1";

    /** What a call does and answers, beside its errors. */
    private record Words(String summary, String description, String answer, Object example) {}

    private static final Map<HttpMethod, Words> CALLS = Map.of(
            HttpMethod.POST,
            new Words(
                    "Submit a checkpoint",
                    "Stores how far the app has read the partition, in one conditional write. An equal sequence number is a"
                            + " retry and succeeds. A lower one is refused with DIS.4224, a lower generation with DIS.4703;"
                            + " nothing changes then.",
                    "Stored. The answer is empty.",
                    null),
            HttpMethod.GET,
            new Words(
                    "Query a checkpoint",
                    "Reads what was submitted last, with strong consistency.",
                    "The stored checkpoint, or the sequence number -1 where none is stored.",
                    new TreeMap<>(Map.of("sequence_number", "2", "metadata", ""))),
            HttpMethod.DELETE,
            new Words(
                    "Delete checkpoints",
                    "Deletes the checkpoint of the partition, or those of every partition of the app on the stream where"
                            + " partition_id is left out. Needed to move a checkpoint back.",
                    "Deleted, or there was nothing to delete.",
                    null));

    private static final Map<Integer, Map.Entry<String, String>> HEADERS = Map.of(
            401, Map.entry("WWW-Authenticate", "Where tokens come from: Keystone uri=\"…\""),
            405, Map.entry("Allow", "The methods of the path"),
            429, Map.entry("Retry-After", "Seconds to wait before the same request is sent again"),
            503, Map.entry("Retry-After", "Seconds to wait before the same request is sent again"));

    @Override
    public void filterOpenAPI(OpenAPI document) {
        document.info(OASFactory.createInfo()
                .title("DIS checkpoint management")
                .version("v2")
                .description(
                        "How far an app has read each partition of a stream. A stored checkpoint never moves back."));
        document.setTags(List.of(OASFactory.createTag()
                .name(TAG)
                .description("The checkpoint calls of the Data Ingestion Service (DIS)")));
        document.addSecurityRequirement(OASFactory.createSecurityRequirement().addScheme(TOKEN));
        document.getComponents()
                .addSchema(ErrorBody.class.getSimpleName(), errorBody())
                .addSecurityScheme(
                        TOKEN,
                        OASFactory.createSecurityScheme()
                                .type(SecurityScheme.Type.APIKEY)
                                .in(SecurityScheme.In.HEADER)
                                .name("X-Auth-Token")
                                .description("A token of the project, from IAM (OpenStack Keystone v3)"));
        Map<String, Schema> schemas = document.getComponents().getSchemas();
        schemas.get(CheckpointSubmission.class.getSimpleName())
                .description("How far an app has read a partition")
                .getProperties()
                .forEach(OpenApiDocument::state);
        schemas.get(CheckpointAnswer.class.getSimpleName())
                .description("What is stored")
                .getProperties()
                .forEach((name, schema) -> schema.description(MEANINGS.get(name)));
        document.getPaths().getPathItems().values().forEach(path -> {
            path.setParameters(List.of(OASFactory.createParameter()
                    .name("project_id")
                    .in(Parameter.In.PATH)
                    .required(true)
                    .description("The project that the token is for")
                    .example(PROJECT_EXAMPLE)
                    .schema(text(
                            OASFactory.createSchema().addType(SchemaType.STRING), ProjectId.FORMAT, ProjectId.RULE))));
            path.getOperations().forEach(OpenApiDocument::complete);
        });
    }

    @Override
    public Parameter filterParameter(Parameter parameter) {
        if (parameter.getIn() == Parameter.In.QUERY) {
            state(parameter.getName(), parameter.getSchema());
            parameter.description(MEANINGS.get(parameter.getName())).example(EXAMPLE.get(parameter.getName()));
        }
        return parameter;
    }

    /** The fields of a body, by their names in JSON. */
    private static Map<String, Field> fields(Class<? extends Record> body) {
        Map<String, Field> fields = new LinkedHashMap<>();
        for (RecordComponent component : body.getRecordComponents()) {
            try {
                Field field = body.getDeclaredField(component.getName());
                JsonProperty name = field.getAnnotation(JsonProperty.class);
                fields.put(name == null ? field.getName() : name.value(), field);
            } catch (NoSuchFieldException e) {
                throw new IllegalStateException("A record has a field for each component", e);
            }
        }
        return fields;
    }

    private static Schema errorBody() {
        DisError error = DisError.INVALID_SEQUENCE_NUMBER;
        String message = error.because(SequenceNumber.RULE).getMessage();
        Schema body = OASFactory.createSchema()
                .addType(SchemaType.OBJECT)
                .description(
                        "The one format of every error: a pair of fields as DIS sends them, and one as its reference"
                                + " documents them");
        Map<String, List<String>> meanings = Map.of(
                "errorCode", List.of("The DIS code", error.code()),
                "message", List.of("The field and the rule, in words", message),
                "error_code", List.of("As errorCode", error.code()),
                "error_msg", List.of("As message", message),
                "request_id", List.of("Also in the log line of the request", "JKJaXmPLvHcESHA="));
        fields(ErrorBody.class)
                .keySet()
                .forEach(field -> body.addProperty(
                                field,
                                OASFactory.createSchema()
                                        .addType(SchemaType.STRING)
                                        .description(meanings.get(field).get(0))
                                        .addExample(meanings.get(field).get(1)))
                        .addRequired(field));
        return body;
    }

    /** What the annotations of a field of the body mean for the schema of that name. */
    private static void state(String name, Schema schema) {
        String rule = null;
        RequiredPattern text = FIELDS.get(name).getAnnotation(RequiredPattern.class);
        if (text != null) {
            text(schema, text.matches(), text.message());
            rule = text.message();
        }
        CodePoints characters = FIELDS.get(name).getAnnotation(CodePoints.class);
        if (characters != null) {
            schema.minLength(characters.min()).maxLength(characters.max());
            rule = characters.message();
        }
        DecimalMax max = FIELDS.get(name).getAnnotation(DecimalMax.class);
        if (max != null) {
            rule = text == null ? max.message() : text.message() + ", " + max.message();
        }
        schema.description(MEANINGS.get(name) + (rule == null ? "" : ". Rule: " + rule));
        if (EXAMPLE.containsKey(name)) {
            schema.examples(List.of(EXAMPLE.get(name)));
        }
    }

    /** The rules of Bean Validation match a whole text, those of JSON Schema any part of it. */
    private static Schema text(Schema schema, String format, String rule) {
        return schema.pattern("^(" + format + ")$").description(rule).maximum(null);
    }

    private static void complete(HttpMethod method, Operation operation) {
        Words words = CALLS.get(method);
        operation.summary(words.summary()).description(words.description()).tags(List.of(TAG));
        operation.getResponses().getAPIResponses().values().forEach(success -> {
            success.description(words.answer());
            if (words.example() != null) {
                success.getContent().getMediaTypes().values().forEach(body -> body.example(words.example()));
            }
        });
        Set<DisError> errors = EnumSet.allOf(DisError.class);
        if (operation.getRequestBody() == null) {
            errors.removeAll(OF_THE_BODY);
        } else {
            operation.getRequestBody().description("The checkpoint");
            operation.getRequestBody().getContent().getMediaTypes().values().forEach(body -> body.example(EXAMPLE));
        }
        errors.stream()
                .collect(Collectors.groupingBy(DisError::status))
                .forEach((status, ofStatus) ->
                        operation.getResponses().addAPIResponse(status.toString(), error(status, ofStatus)));
    }

    private static APIResponse error(int status, List<DisError> errors) {
        Content content = OASFactory.createContent()
                .addMediaType(
                        ErrorBody.MEDIA_TYPE,
                        OASFactory.createMediaType()
                                .schema(OASFactory.createSchema().ref(ErrorBody.class.getSimpleName())));
        APIResponse response = OASFactory.createAPIResponse()
                .content(content)
                .description(errors.stream()
                        .map(error -> "- %s %s %s".formatted(error.code(), error.title(), when(error)))
                        .collect(Collectors.joining("\n")));
        Map.Entry<String, String> header = HEADERS.get(status);
        if (header != null) {
            response.addHeader(
                    header.getKey(),
                    OASFactory.createHeader()
                            .description(header.getValue())
                            .schema(OASFactory.createSchema().addType(SchemaType.STRING)));
        }
        return response;
    }

    /** When a call is answered with the error. */
    private static String when(DisError error) {
        return switch (error) {
            case EMPTY_TOKEN -> "There is no X-Auth-Token, or a blank one.";
            case INVALID_TOKEN -> "IAM does not take the token: it is wrong, expired or revoked.";
            case FORBIDDEN -> "The token is one of another project or of none, or lacks a required role.";
            case INVALID_PROJECT_ID -> "The project in the path breaks its rule.";
            case INVALID_REQUEST -> "A field or parameter breaks its rule.";
            case NOT_FOUND -> "There is nothing at the path.";
            case METHOD_NOT_ALLOWED -> "The path has other methods.";
            case NOT_ACCEPTABLE -> "The caller does not accept JSON.";
            case TOO_LARGE -> "The body is larger than 16 KiB.";
            case UNSUPPORTED_MEDIA_TYPE -> "The body is said to be no JSON.";
            case INVALID_PARTITION_ID -> "partition_id breaks its rule.";
            case EMPTY_REQUEST -> "There is no body.";
            case INVALID_SEQUENCE_NUMBER -> "sequence_number breaks its rule.";
            case SEQUENCE_NUMBER_OUT_OF_RANGE -> "It is lower than the stored one, which the message names second.";
            case REQUEST_ERROR -> "The body is not one JSON object, a field has the wrong type or is given twice.";
            case ILLEGAL_GENERATION -> "generation_id is lower than the stored one.";
            case TRAFFIC_LIMIT -> "The table throttles. Send the same again later.";
            case UNAVAILABLE ->
                "IAM or the table did not answer in time; a write may have been applied. Send the same again.";
            case BUG -> "A bug, or an item of the table that was edited into nonsense.";
        };
    }
}
