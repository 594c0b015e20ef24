/**
 * Who calls, and may they touch this project?
 *
 * <p>It uses {@code table} (for the access keys), {@code request}, {@code domain}, {@code error} and {@code config}. Start
 * reading at {@link dis.checkpoint.auth.Authenticator}.
 */
package dis.checkpoint.auth;
