/**
 * How it runs as a function: an event comes in, its caller is let in or not, a request made anew goes on to {@code http},
 * and an answer and a line of the log come of it.
 *
 * <p>It uses all packages but {@code dev} and {@code graal}. The way of a request begins at
 * {@link dis.checkpoint.lambda.HttpEventBoundary}, where to start reading.
 */
package dis.checkpoint.lambda;
