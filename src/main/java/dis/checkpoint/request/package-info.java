/**
 * The parts of a request, each read once, so that the check of a signature and the call see the same values.
 *
 * <p>It uses {@code domain} and {@code error}. Start reading at {@link dis.checkpoint.request.ReceivedRequest}.
 */
package dis.checkpoint.request;
