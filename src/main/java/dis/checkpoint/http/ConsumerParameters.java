package dis.checkpoint.http;

import dis.checkpoint.domain.AppName;
import dis.checkpoint.domain.Consumer;
import dis.checkpoint.domain.ProjectId;
import dis.checkpoint.domain.StreamName;
import jakarta.ws.rs.QueryParam;

/** The parameters by which GET and DELETE name a consumer of the project. */
public class ConsumerParameters {

    @QueryParam(Parameters.STREAM_NAME)
    @RequiredPattern(matches = StreamName.FORMAT, message = StreamName.RULE)
    String stream;

    @QueryParam(Parameters.APP_NAME)
    @RequiredPattern(matches = AppName.FORMAT, message = AppName.RULE)
    String app;

    Consumer of(ProjectId project) {
        return new Consumer(project, new StreamName(stream), new AppName(app));
    }
}
