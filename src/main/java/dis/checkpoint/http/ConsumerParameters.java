package dis.checkpoint.http;

import dis.checkpoint.domain.AppName;
import dis.checkpoint.domain.Consumer;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.domain.StreamName;
import jakarta.ws.rs.QueryParam;

/** The parameters that name a consumer of the project. */
public class ConsumerParameters {

    @QueryParam(Parameters.APP_NAME)
    @RequiredPattern(matches = AppName.FORMAT, message = AppName.RULE)
    String appName;

    @QueryParam(Parameters.STREAM_NAME)
    @RequiredPattern(matches = StreamName.FORMAT, message = CheckpointSubmission.STREAM_RULE)
    String streamName;

    Consumer consumer(ProjectId project) {
        return new Consumer(project, new StreamName(streamName), new AppName(appName));
    }
}
