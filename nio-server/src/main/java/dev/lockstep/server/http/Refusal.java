package dev.lockstep.server.http;

/**
 * A request that is answered with an error. All but those about its target end the connection, since it is unclear then where
 * the next request begins.
 */
public enum Refusal {
    BAD_REQUEST("400 Bad Request"),
    NOT_FOUND("404 Not Found"),
    METHOD_NOT_ALLOWED("405 Method Not Allowed"),
    REQUEST_TIMEOUT("408 Request Timeout"),
    URI_TOO_LONG("414 URI Too Long"),
    FIELDS_TOO_LARGE("431 Request Header Fields Too Large"),
    VERSION_NOT_SUPPORTED("505 HTTP Version Not Supported");

    private final String status;

    Refusal(String status) {
        this.status = status;
    }

    /** Returns the status code and its reason phrase. */
    public String status() {
        return status;
    }

    /** Whether the connection can serve another request. */
    boolean keepsConnection() {
        return this == NOT_FOUND || this == METHOD_NOT_ALLOWED;
    }
}
