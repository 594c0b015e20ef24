/**
 * The one catalogue of errors, and the one format in which each is answered.
 *
 * <p>It uses the JDK and Jackson. Start reading at {@link dis.checkpoint.error.DisError}.
 */
package dis.checkpoint.error;
