package dis.checkpoint.auth;

/** What IAM says of a token, where it says anything clear: what it grants, or why nothing. */
sealed interface TokenAnswer permits Grant, TokenAnswer.No {

    enum No implements TokenAnswer {
        /** IAM does not take it for a token. */
        UNKNOWN,

        /** IAM does not let it be checked. */
        FORBIDDEN
    }
}
