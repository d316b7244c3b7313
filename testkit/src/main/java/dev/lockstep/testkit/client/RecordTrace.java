package dev.lockstep.testkit.client;

/** Is told of every record that the client protects or opens, in the order in which it does. */
@FunctionalInterface
public interface RecordTrace {

    /** Does nothing. */
    RecordTrace NONE = (fromClient, record, content) -> {};

    /**
     * A record was made by the client or has come from the server.
     *
     * @param fromClient the direction
     * @param record header and fragment as they go over the wire; not to be changed
     * @param content the plaintext of the fragment; not to be changed
     */
    void onRecord(boolean fromClient, byte[] record, byte[] content);
}
