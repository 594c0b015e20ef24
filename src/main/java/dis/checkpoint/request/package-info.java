/**
 * What a caller sent, each part read once: what a signature covers and what a call does come from the same reading.
 *
 * <p>It uses {@code domain} and {@code error}. Start reading at {@link dis.checkpoint.request.ReceivedRequest}.
 */
package dis.checkpoint.request;
