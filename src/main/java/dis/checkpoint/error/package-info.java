/**
 * The catalogue of errors.
 *
 * <p>It uses the JDK alone. Start reading at {@link dis.checkpoint.error.DisError}.
 */
package dis.checkpoint.error;
