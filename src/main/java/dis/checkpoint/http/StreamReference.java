package dis.checkpoint.http;

import jakarta.validation.constraints.AssertTrue;

/**
 * The stream of a call, which {@code stream_name} must name. A {@code stream_id} alone names a stream of another account, which
 * the function does not support; beside a {@code stream_name} it is ignored.
 *
 * <p>The names of the two rules sort behind those of all fields, as {@code stream_name} does ({@link ErrorMapper#invalid}).
 */
interface StreamReference {

    /** The name as it was sent; {@code null} if it was left out. */
    String streamName();

    /** The id as it was sent; {@code null} if it was left out. */
    Object streamId();

    @AssertTrue(message = "stream_name is missing")
    default boolean isStreamNamed() {
        return streamName() != null || streamId() != null;
    }

    @AssertTrue(message = "stream_name is missing; stream_id alone, for a stream of another account, is not supported")
    default boolean isStreamNamedBesideItsId() {
        return streamName() != null || streamId() == null;
    }
}
