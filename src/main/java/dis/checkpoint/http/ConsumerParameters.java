package dis.checkpoint.http;

import dis.checkpoint.domain.AppName;
import dis.checkpoint.domain.Consumer;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.domain.StreamName;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.ws.rs.QueryParam;

/** The parameters that name a consumer of the project. */
public class ConsumerParameters implements StreamReference {

    @QueryParam(Parameters.APP_NAME)
    @NotNull(message = "app_name is missing")
    @Pattern(regexp = AppName.FORMAT, message = AppName.RULE)
    String appName;

    @QueryParam(Parameters.STREAM_NAME)
    @Pattern(regexp = StreamName.FORMAT, message = StreamName.RULE)
    String streamName;

    @QueryParam(Parameters.STREAM_ID)
    String streamId;

    @Override
    public String streamName() {
        return streamName;
    }

    @Override
    public Object streamId() {
        return streamId;
    }

    Consumer consumer(ProjectId project) {
        return new Consumer(project, new StreamName(streamName), new AppName(appName));
    }
}
