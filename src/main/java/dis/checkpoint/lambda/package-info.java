/**
 * The events of Lambda: each is read, its caller is authenticated, and the rebuilt request goes to {@code http}. The answer and
 * the log line are made of its outcome.
 *
 * <p>It uses {@code http}, {@code auth}, {@code request}, {@code domain} and {@code error}; {@code startup} uses it. Start
 * reading at {@link dis.checkpoint.lambda.HttpEventBoundary}, where the way of a request begins.
 */
package dis.checkpoint.lambda;
