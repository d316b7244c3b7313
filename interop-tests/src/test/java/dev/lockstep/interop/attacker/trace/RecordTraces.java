package dev.lockstep.interop.attacker.trace;

import static dev.lockstep.interop.attacker.trace.Answer.CLOSES;
import static dev.lockstep.interop.attacker.trace.Answer.COMPLETES;
import static dev.lockstep.interop.attacker.trace.Answer.PROTOCOL_VERSION;
import static dev.lockstep.interop.attacker.trace.Answer.RECORD_OVERFLOW;
import static dev.lockstep.interop.attacker.trace.Answer.UNEXPECTED_MESSAGE;
import static dev.lockstep.interop.attacker.trace.Attack.inserted;
import static dev.lockstep.interop.attacker.trace.Messages.ALERT;
import static dev.lockstep.interop.attacker.trace.Messages.APPLICATION_DATA;
import static dev.lockstep.interop.attacker.trace.Messages.CHANGE_CIPHER_SPEC;
import static dev.lockstep.interop.attacker.trace.Messages.HANDSHAKE;
import static dev.lockstep.interop.attacker.trace.Messages.HEARTBEAT;
import static dev.lockstep.interop.attacker.trace.Messages.ascii;
import static dev.lockstep.interop.attacker.trace.Messages.hex;
import static dev.lockstep.interop.attacker.trace.Messages.raw;
import static dev.lockstep.interop.attacker.trace.Messages.record;
import static dev.lockstep.interop.attacker.trace.Messages.records;
import static dev.lockstep.interop.attacker.trace.Messages.repeated;

import de.rub.nds.modifiablevariable.util.Modifiable;
import de.rub.nds.tlsattacker.core.record.Record;
import java.util.function.Supplier;

/** Records before there are keys: types, versions, lengths, none, too many, and fragments that something comes between. */
final class RecordTraces {
    private static final Attack HTTP = inserted(raw(ascii("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")));

    private RecordTraces() {}

    private static Attack one(int type, String content) {
        return inserted(records(record(type, content)));
    }

    /** A record that says another length than it has. */
    private static Supplier<Record> saying(int type, int length) {
        return record(type, hex("00"), record -> record.setLength(Modifiable.explicit(length)));
    }

    private static Attack version(String version) {
        return inserted(records(record(
                HANDSHAKE, hex("00000000"), record -> record.setProtocolVersion(Modifiable.explicit(hex(version))))));
    }

    private static Attack empty(int count, int type) {
        return inserted(repeated(count, record(type, "")));
    }

    // @formatter:off
    static Table table() {
        return new Table("Records without keys")
            .both("content type 0",                          one(0, "00"),          UNEXPECTED_MESSAGE, "5246 6")
            .both("content type 19",                         one(19, "01"),         UNEXPECTED_MESSAGE, "5246 6")
            .both("content type 25",                         one(25, "01"),         UNEXPECTED_MESSAGE, "5246 6")
            .both("content type 255",                        one(255, "01"),        UNEXPECTED_MESSAGE, "5246 6")
            .both("a heartbeat that says it is longer",      one(HEARTBEAT, "014000"), UNEXPECTED_MESSAGE, "6520 4")
            .sign("a request of HTTP; at the beginning it is answered in HTTP", HTTP, CLOSES, UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE, "5246 6")
            .decrypt("a request of HTTP",                    HTTP, UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE, "5246 6")
            .both("a ClientHello of SSL 2.0",                inserted(raw(hex("802e0103030015000000100000050000040000070000"
                + "00000102030405060708090a0b0c0d0e0f10"))), UNEXPECTED_MESSAGE, "6176 3")
            .both("record of version 2.3",                   version("0203"),       PROTOCOL_VERSION,   "5246 E.1")
            .both("record of version 4.0",                   version("0400"),       PROTOCOL_VERSION,   "5246 E.1")
            .decrypt("record of version 3.1, after ServerHello", version("0301"),
                PROTOCOL_VERSION, PROTOCOL_VERSION, PROTOCOL_VERSION, "5246 6.2.1")
            .both("handshake record of 2^14 + 1 bytes",      inserted(records(saying(HANDSHAKE, 16_385))),        RECORD_OVERFLOW, "5246 6.2.1")
            .both("handshake record of 65535 bytes",         inserted(records(saying(HANDSHAKE, 65_535))),        RECORD_OVERFLOW, "5246 6.2.1")
            .both("alert record of 2^14 + 1 bytes",          inserted(records(saying(ALERT, 16_385))),            RECORD_OVERFLOW, "5246 6.2.1")
            .both("application data of 2^14 + 1 bytes",      inserted(records(saying(APPLICATION_DATA, 16_385))), RECORD_OVERFLOW, "5246 6.2.1")
            .both("2^14 + 1 bytes, all sent",                inserted(records(record(HANDSHAKE, new byte[16_385]))), RECORD_OVERFLOW, "5246 6.2.1")
            .sign("32 empty handshake records",              empty(32, HANDSHAKE),  COMPLETES, UNEXPECTED_MESSAGE, COMPLETES, "5246 6.2.1")
            .decrypt("32 empty handshake records",           empty(32, HANDSHAKE),  COMPLETES, COMPLETES, COMPLETES, "5246 6.2.1")
            .both("33 empty handshake records",              empty(33, HANDSHAKE),  UNEXPECTED_MESSAGE, "5246 6.2.1")
            .both("33 empty alert records",                  empty(33, ALERT),      UNEXPECTED_MESSAGE, "5246 6.2.1")
            .both("an empty record of application data",     empty(1, APPLICATION_DATA), UNEXPECTED_MESSAGE, "5246 6.2.1")
            .both("application data",                        one(APPLICATION_DATA, "70696e67"), UNEXPECTED_MESSAGE, "5246 7.4.9")
            .both("2^14 bytes of application data",          inserted(records(record(APPLICATION_DATA, new byte[16_384]))), UNEXPECTED_MESSAGE, "5246 7.4.9")
            .both("a fragment of a message, then ChangeCipherSpec",
                inserted(records(record(HANDSHAKE, "1000"), record(CHANGE_CIPHER_SPEC, "01"))), UNEXPECTED_MESSAGE, "5246 6.2.1")
            .both("a fragment of a message, then application data",
                inserted(records(record(HANDSHAKE, "1000"), record(APPLICATION_DATA, "00"))),   UNEXPECTED_MESSAGE, "5246 6.2.1")
            .both("half an alert, then a handshake record",
                inserted(records(record(ALERT, "01"), record(HANDSHAKE, "0e000000"))),          UNEXPECTED_MESSAGE, "5246 6.2.1")
            .both("half an alert, then application data",
                inserted(records(record(ALERT, "01"), record(APPLICATION_DATA, "00"))),         UNEXPECTED_MESSAGE, "5246 6.2.1");
    }
    // @formatter:on
}
