package dev.lockstep.testkit;

import dev.lockstep.testkit.util.Bytes;
import java.util.ArrayList;
import java.util.List;

/** How the client's bytes reach the connection: the forms that every conversation is run with. */
public enum InputForm {
    /** Record by record. */
    WHOLE,
    /** Byte by byte, with a step after each. */
    ONE_BYTE,
    /** The whole flight in one portion, its handshake messages sharing records. */
    COALESCED;

    /** The portions in which these records arrive. */
    List<byte[]> portions(List<byte[]> records) {
        if (this == WHOLE) {
            return records;
        }
        byte[] all = Bytes.concat(records.toArray(byte[][]::new));
        if (this == COALESCED) {
            return all.length == 0 ? List.of() : List.of(all);
        }
        List<byte[]> bytes = new ArrayList<>(all.length);
        for (byte b : all) {
            bytes.add(new byte[] {b});
        }
        return bytes;
    }
}
