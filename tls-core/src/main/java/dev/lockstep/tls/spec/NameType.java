package dev.lockstep.tls.spec;

/** What kind of name stands in server_name: {@code NameType} of RFC 6066 3. */
public enum NameType {
    /** A DNS host name. */
    HOST_NAME(0);

    private final int code;

    NameType(int code) {
        this.code = code;
    }

    /** Returns the number on the wire, one byte. */
    public int code() {
        return code;
    }
}
