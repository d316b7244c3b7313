package dev.lockstep.interop.attacker.trace;

import static dev.lockstep.interop.attacker.trace.Answer.BAD_RECORD_MAC;
import static dev.lockstep.interop.attacker.trace.Answer.CLOSES;
import static dev.lockstep.interop.attacker.trace.Answer.CLOSE_NOTIFY;
import static dev.lockstep.interop.attacker.trace.Answer.DECODE_ERROR;
import static dev.lockstep.interop.attacker.trace.Answer.DECRYPT_ERROR;
import static dev.lockstep.interop.attacker.trace.Answer.PROTOCOL_VERSION;
import static dev.lockstep.interop.attacker.trace.Answer.RECORD_OVERFLOW;
import static dev.lockstep.interop.attacker.trace.Answer.UNEXPECTED_MESSAGE;
import static dev.lockstep.interop.attacker.trace.Attack.insteadOf;
import static dev.lockstep.interop.attacker.trace.Messages.alert;
import static dev.lockstep.interop.attacker.trace.Messages.changed;
import static dev.lockstep.interop.attacker.trace.Messages.data;
import static dev.lockstep.interop.attacker.trace.Messages.handshake;
import static dev.lockstep.interop.attacker.trace.Messages.hex;
import static dev.lockstep.interop.attacker.trace.Messages.in;
import static dev.lockstep.interop.attacker.trace.Messages.record;
import static dev.lockstep.interop.attacker.trace.Messages.records;
import static dev.lockstep.interop.attacker.trace.Messages.send;
import static dev.lockstep.interop.attacker.trace.Step.FINISHED;

import de.rub.nds.modifiablevariable.util.Modifiable;
import de.rub.nds.tlsattacker.core.protocol.message.FinishedMessage;
import de.rub.nds.tlsattacker.core.record.Record;
import java.util.function.Consumer;

/**
 * What comes under the new keys in place of a right Finished. While the key decrypts it waits with its ChangeCipherSpec, and
 * is judged under the keys that come of it; where no keys are due it is sent without.
 */
final class FinishedTraces {
    private static final Attack EXCHANGE = insteadOf(FINISHED, send(handshake(16, "0000")));

    private FinishedTraces() {}

    /** A message that is refused for what it says, and where no Finished is due for being there. */
    private static void row(Table table, String what, Attack attack, Answer answer, String section) {
        table.sign(what, attack, UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE, answer, section)
                .decrypt(what, attack, UNEXPECTED_MESSAGE, answer, answer, section);
    }

    /** A record that is refused for its header at any time. */
    private static void header(Table table, String what, Consumer<Record> change, Answer answer, String section) {
        table.both(what, protectedWith(change), answer, section);
    }

    private static Attack finished(Consumer<FinishedMessage> change) {
        return insteadOf(FINISHED, send(changed(FinishedMessage::new, change)));
    }

    private static Attack protectedWith(Consumer<Record> change) {
        return insteadOf(FINISHED, in(change, FinishedMessage::new));
    }

    private static void flipped(Table table, String what, int position) {
        bad(table, what, record -> record.setProtocolMessageBytes(Modifiable.xor(new byte[] {1}, position)));
    }

    /** A record that is damaged: without keys it is a message that is not due, or none. */
    private static void bad(Table table, String what, Consumer<Record> change) {
        Attack attack = protectedWith(change);
        table.sign(what, attack, UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE, BAD_RECORD_MAC, "5246 6.2.3.3")
                .decrypt(what, attack, UNEXPECTED_MESSAGE, BAD_RECORD_MAC, BAD_RECORD_MAC, "5246 6.2.3.3");
    }

    private static Consumer<Record> cutTo(int length) {
        return record -> record.setProtocolMessageBytes(Modifiable.explicit(new byte[length]));
    }

    // @formatter:off
    static Table table() {
        Table t = new Table("Finished");
        row(t, "first bit of verify_data",        finished(m -> m.setVerifyData(Modifiable.xor(hex("80"), 0))),   DECRYPT_ERROR, "5246 7.4.9");
        row(t, "last bit of verify_data",         finished(m -> m.setVerifyData(Modifiable.xor(hex("01"), -1))),  DECRYPT_ERROR, "5246 7.4.9");
        row(t, "verify_data of zeros",            finished(m -> m.setVerifyData(Modifiable.explicit(new byte[12]))), DECRYPT_ERROR, "5246 7.4.9");
        row(t, "verify_data of 11 bytes",         finished(m -> m.setVerifyData(Modifiable.delete(-1, 1))),       DECODE_ERROR,  "5246 7.4.9");
        row(t, "verify_data of 13 bytes",         finished(m -> m.setVerifyData(Modifiable.insert(new byte[1], 12))), DECODE_ERROR, "5246 7.4.9");
        row(t, "verify_data of 36 bytes, as SSL 3.0 has it", finished(m -> m.setVerifyData(Modifiable.explicit(new byte[36]))), DECODE_ERROR, "5246 7.4.9");
        row(t, "nothing in it",                   finished(m -> m.setMessageContent(Modifiable.explicit(new byte[0]))), DECODE_ERROR, "5246 7.4.9");
        row(t, "twice",                           insteadOf(FINISHED, send(FinishedMessage::new, FinishedMessage::new)), UNEXPECTED_MESSAGE, "5246 7.4.9");
        row(t, "left out: application data",      insteadOf(FINISHED, send(data("ping"))),                        UNEXPECTED_MESSAGE, "5246 7.4.9");
        t.sign("ClientKeyExchange instead",       EXCHANGE, UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE, "5246 7.4.9");
        t.decrypt("ClientKeyExchange instead",    EXCHANGE, DECODE_ERROR, UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE, "5246 7.4.9");
        row(t, "Certificate instead",             insteadOf(FINISHED, send(handshake(11, "000000"))),             UNEXPECTED_MESSAGE, "5246 7.4.9");
        row(t, "CertificateVerify instead",       insteadOf(FINISHED, send(handshake(15, "04010000"))),           UNEXPECTED_MESSAGE, "5246 7.4.9");
        row(t, "ServerHelloDone instead",         insteadOf(FINISHED, send(handshake(14, ""))),                   UNEXPECTED_MESSAGE, "5246 7.4.9");
        row(t, "an unknown message instead",      insteadOf(FINISHED, send(handshake(99, ""))),                   UNEXPECTED_MESSAGE, "5246 7.4.9");
        row(t, "a message behind it in its record", insteadOf(FINISHED, send(FinishedMessage::new, handshake(14, "")))
            .with(config -> config.setSendHandshakeMessagesWithinSingleRecord(true)),                             UNEXPECTED_MESSAGE, "5246 7.4.9");
        t.both("a fatal alert instead",           insteadOf(FINISHED, send(alert(2, 20))),                        CLOSES, "5246 7.2.2");
        t.both("close_notify instead",            insteadOf(FINISHED, send(alert(1, 0))),                         CLOSE_NOTIFY, "5246 7.2.1");
        flipped(t, "a bit of the explicit nonce", 0);
        flipped(t, "a bit of the last byte", -1);
        bad(t, "a record with four bytes more",   record -> record.setProtocolMessageBytes(Modifiable.insert(new byte[4], 16)));
        bad(t, "a record of 24 bytes, nonce and tag", cutTo(24));
        bad(t, "a record of 23 bytes",            cutTo(23));
        bad(t, "a record of four bytes",          cutTo(4));
        bad(t, "another length in the additional data", record -> {
            record.prepareComputations();
            record.getComputations().setAuthenticatedMetaData(Modifiable.xor(hex("01"), -1));
        });
        bad(t, "the tag of another sequence number", record -> {
            record.prepareComputations();
            record.getComputations().setAuthenticatedMetaData(Modifiable.xor(hex("01"), 7));
        });
        header(t, "in a record of version 2.0",   r -> r.setProtocolVersion(Modifiable.explicit(hex("0200"))), PROTOCOL_VERSION, "5246 6.2.1");
        header(t, "in a record of 2^14 + 2049 bytes", r -> r.setLength(Modifiable.explicit(18_433)), RECORD_OVERFLOW, "5246 6.2.3");
        t.both("in a record of type 30",          protectedWith(r -> r.setContentType(Modifiable.explicit((byte) 30))), UNEXPECTED_MESSAGE, "5246 6");
        t.sign("a plaintext record of ServerHelloDone", insteadOf(FINISHED, records(record(Messages.HANDSHAKE, new byte[0],
                r -> r.setProtocolMessageBytes(Modifiable.explicit(hex("0e000000")))))), UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE, BAD_RECORD_MAC, "5246 6.2.3");
        return t;
    }
    // @formatter:on
}
