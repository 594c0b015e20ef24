package dis.checkpoint.dev;

import com.fasterxml.jackson.annotation.JsonProperty;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.error.DisError;
import dis.checkpoint.error.ErrorBody;
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
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.media.Schema.SchemaType;
import org.eclipse.microprofile.openapi.models.parameters.Parameter;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;

/**
 * Completes the OpenAPI document that the build generates from the resource: with what the token filter and the error
 * catalogue add to every call, and with the rules that only the function's own annotations state.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.RUNTIME_STARTUP)
public class OpenApiDocument implements OASFilter {

    private static final String TOKEN = "token";

    /** Only POST has one. */
    private static final Set<DisError> OF_THE_BODY = EnumSet.of(
            DisError.TOO_LARGE,
            DisError.UNSUPPORTED_MEDIA_TYPE,
            DisError.EMPTY_REQUEST,
            DisError.INVALID_SEQUENCE_NUMBER,
            DisError.SEQUENCE_NUMBER_OUT_OF_RANGE,
            DisError.REQUEST_ERROR,
            DisError.ILLEGAL_GENERATION);

    private static final Map<Integer, String> HEADERS =
            Map.of(401, "WWW-Authenticate", 405, "Allow", 429, "Retry-After", 503, "Retry-After");

    private static final Map<String, Field> FIELDS = fields(CheckpointSubmission.class);

    @Override
    public void filterOpenAPI(OpenAPI document) {
        document.info(OASFactory.createInfo()
                .title("DIS checkpoint management")
                .version("v2")
                .description(
                        "How far an app has read each partition of a stream. A stored checkpoint never moves back."));
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
        document.getComponents()
                .getSchemas()
                .get(CheckpointSubmission.class.getSimpleName())
                .getProperties()
                .forEach(OpenApiDocument::state);
        document.getPaths().getPathItems().values().forEach(path -> {
            path.addParameter(OASFactory.createParameter()
                    .name("project_id")
                    .in(Parameter.In.PATH)
                    .required(true)
                    .schema(text(
                            OASFactory.createSchema().addType(SchemaType.STRING), ProjectId.FORMAT, ProjectId.RULE)));
            path.getOperations().values().forEach(OpenApiDocument::addErrors);
        });
    }

    @Override
    public Parameter filterParameter(Parameter parameter) {
        if (parameter.getIn() == Parameter.In.QUERY) {
            state(parameter.getName(), parameter.getSchema());
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
        Schema body = OASFactory.createSchema().addType(SchemaType.OBJECT);
        fields(ErrorBody.class)
                .keySet()
                .forEach(field -> body.addProperty(
                                field, OASFactory.createSchema().addType(SchemaType.STRING))
                        .addRequired(field));
        return body;
    }

    /** What the annotations of a field of the body mean for the schema of that name. */
    private static void state(String name, Schema schema) {
        RequiredPattern text = FIELDS.get(name).getAnnotation(RequiredPattern.class);
        if (text != null) {
            text(schema, text.matches(), text.message());
        }
        CodePoints characters = FIELDS.get(name).getAnnotation(CodePoints.class);
        if (characters != null) {
            schema.minLength(characters.min()).maxLength(characters.max()).description(characters.message());
        }
        DecimalMax max = FIELDS.get(name).getAnnotation(DecimalMax.class);
        if (max != null) {
            schema.description(text == null ? max.message() : text.message() + ", " + max.message());
        }
    }

    /** The rules of Bean Validation match a whole text, those of JSON Schema any part of it. */
    private static Schema text(Schema schema, String format, String rule) {
        return schema.pattern("^(" + format + ")$").description(rule).maximum(null);
    }

    private static void addErrors(Operation operation) {
        Set<DisError> errors = EnumSet.allOf(DisError.class);
        if (operation.getRequestBody() == null) {
            errors.removeAll(OF_THE_BODY);
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
                        .map(error -> error.code() + " " + error.title())
                        .distinct()
                        .collect(Collectors.joining(" or ")));
        if (HEADERS.containsKey(status)) {
            response.addHeader(
                    HEADERS.get(status),
                    OASFactory.createHeader().schema(OASFactory.createSchema().addType(SchemaType.STRING)));
        }
        return response;
    }
}
