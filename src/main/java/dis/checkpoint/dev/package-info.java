/**
 * A table and a fake IAM for development and tests. The deployed package has none of these classes, and no other package uses
 * them.
 *
 * <p>Start reading at {@link dis.checkpoint.dev.DevelopmentServices}.
 */
package dis.checkpoint.dev;
