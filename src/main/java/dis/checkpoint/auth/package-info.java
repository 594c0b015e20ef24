/**
 * Authentication by tokens and signatures, and authorization for a project.
 *
 * <p>It uses {@code table} (for the access keys), {@code network}, {@code request}, {@code domain}, {@code error} and {@code config}. Start
 * reading at {@link dis.checkpoint.auth.Authenticator}.
 */
package dis.checkpoint.auth;
