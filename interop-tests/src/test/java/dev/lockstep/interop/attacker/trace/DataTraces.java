package dev.lockstep.interop.attacker.trace;

import static dev.lockstep.interop.attacker.trace.Answer.BAD_RECORD_MAC;
import static dev.lockstep.interop.attacker.trace.Answer.CLOSES;
import static dev.lockstep.interop.attacker.trace.Answer.CLOSE_NOTIFY;
import static dev.lockstep.interop.attacker.trace.Answer.COMPLETES;
import static dev.lockstep.interop.attacker.trace.Answer.DECODE_ERROR;
import static dev.lockstep.interop.attacker.trace.Answer.ILLEGAL_PARAMETER;
import static dev.lockstep.interop.attacker.trace.Answer.NO_RENEGOTIATION;
import static dev.lockstep.interop.attacker.trace.Answer.RECORD_OVERFLOW;
import static dev.lockstep.interop.attacker.trace.Answer.UNEXPECTED_MESSAGE;
import static dev.lockstep.interop.attacker.trace.Attack.insteadOf;
import static dev.lockstep.interop.attacker.trace.Messages.ALERT;
import static dev.lockstep.interop.attacker.trace.Messages.APPLICATION_DATA;
import static dev.lockstep.interop.attacker.trace.Messages.CHANGE_CIPHER_SPEC;
import static dev.lockstep.interop.attacker.trace.Messages.HANDSHAKE;
import static dev.lockstep.interop.attacker.trace.Messages.HEARTBEAT;
import static dev.lockstep.interop.attacker.trace.Messages.alert;
import static dev.lockstep.interop.attacker.trace.Messages.data;
import static dev.lockstep.interop.attacker.trace.Messages.handshake;
import static dev.lockstep.interop.attacker.trace.Messages.hex;
import static dev.lockstep.interop.attacker.trace.Messages.in;
import static dev.lockstep.interop.attacker.trace.Messages.record;
import static dev.lockstep.interop.attacker.trace.Messages.records;
import static dev.lockstep.interop.attacker.trace.Messages.repeated;
import static dev.lockstep.interop.attacker.trace.Messages.send;
import static dev.lockstep.interop.attacker.trace.Messages.then;
import static dev.lockstep.interop.attacker.trace.Step.DATA;

import de.rub.nds.modifiablevariable.util.Modifiable;
import de.rub.nds.tlsattacker.core.protocol.message.ClientHelloMessage;
import de.rub.nds.tlsattacker.core.record.Record;
import de.rub.nds.tlsattacker.core.workflow.action.SendAction;
import java.util.List;
import java.util.function.Consumer;

/**
 * What comes behind Finished, in place of honest application data. While the key decrypts it comes with Finished, in front of
 * the server's own; where there are no keys it is sent without.
 */
final class DataTraces {
    private static final Attack EXCHANGE = of(send(handshake(16, "0000")));

    private DataTraces() {}

    /** Refused behind Finished for what it is, and out of order before it. */
    private static void row(Table table, String what, Attack attack, Answer answer, String section) {
        table.sign(what, attack, UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE, answer, section)
                .decrypt(what, attack, UNEXPECTED_MESSAGE, answer, answer, section);
    }

    private static Attack of(Attack.Sends sends) {
        return insteadOf(DATA, sends);
    }

    private static Attack bytes(Consumer<Record> change) {
        return of(in(change, data("ping")));
    }

    private static Attack.Sends renegotiation() {
        return config -> List.of(new SendAction(new ClientHelloMessage(config)));
    }

    // @formatter:off
    static Table table() {
        Table t = new Table("Behind Finished");
        row(t, "a bit of the record",                bytes(r -> r.setProtocolMessageBytes(Modifiable.xor(hex("01"), 9))),  BAD_RECORD_MAC, "5246 6.2.3.3");
        row(t, "a bit of the tag",                   bytes(r -> r.setProtocolMessageBytes(Modifiable.xor(hex("80"), -1))), BAD_RECORD_MAC, "5246 6.2.3.3");
        row(t, "a record without a byte",            bytes(r -> r.setProtocolMessageBytes(Modifiable.explicit(new byte[0]))), BAD_RECORD_MAC, "5246 6.2.3.3");
        row(t, "a record of 8 bytes",                bytes(r -> r.setProtocolMessageBytes(Modifiable.explicit(new byte[8]))), BAD_RECORD_MAC, "5246 6.2.3.3");
        row(t, "a record without keys",              bytes(r -> r.setProtocolMessageBytes(Modifiable.explicit(hex("70696e67")))), BAD_RECORD_MAC, "5246 6.2.3");
        row(t, "another sequence number",            bytes(r -> {
            r.prepareComputations();
            r.getComputations().setAuthenticatedMetaData(Modifiable.xor(hex("01"), 7));
        }),                                                                                            BAD_RECORD_MAC, "5246 6.2.3.3");
        row(t, "ChangeCipherSpec",                   of(records(record(CHANGE_CIPHER_SPEC, "01"))),    UNEXPECTED_MESSAGE, "5246 7.1");
        row(t, "another Finished",                   of(send(handshake(20, "00".repeat(12)))),         UNEXPECTED_MESSAGE, "5246 7.4.9");
        t.sign("ClientKeyExchange",                  EXCHANGE, UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE, "5246 7.4.7");
        t.decrypt("ClientKeyExchange",               EXCHANGE, DECODE_ERROR, UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE, "5246 7.4.7");
        row(t, "Certificate",                        of(send(handshake(11, "000000"))),                UNEXPECTED_MESSAGE, "5246 7.4.6");
        row(t, "CertificateVerify",                  of(send(handshake(15, "04010000"))),              UNEXPECTED_MESSAGE, "5246 7.4.8");
        row(t, "HelloRequest",                       of(send(handshake(0, ""))),                       UNEXPECTED_MESSAGE, "5246 7.4.1.1");
        row(t, "ServerHelloDone",                    of(send(handshake(14, ""))),                      UNEXPECTED_MESSAGE, "5246 7.4");
        row(t, "NewSessionTicket",                   of(send(handshake(4, "000000000000"))),           UNEXPECTED_MESSAGE, "5077 3.3");
        row(t, "KeyUpdate",                          of(send(handshake(24, "00"))),                    UNEXPECTED_MESSAGE, "5246 7.4");
        row(t, "a heartbeat",                        of(records(record(HEARTBEAT, "014000"))),         UNEXPECTED_MESSAGE, "6520 4");
        row(t, "content type 99",                    of(records(record(99, "00"))),                    UNEXPECTED_MESSAGE, "5246 6");
        row(t, "half a ClientHello, then data",      of(records(record(HANDSHAKE, "0100"), record(APPLICATION_DATA, "00"))), COMPLETES, "5246 6.2.1");
        row(t, "half an alert, then data",           of(records(record(ALERT, "01"), record(APPLICATION_DATA, "00"))), UNEXPECTED_MESSAGE, "5246 6.2.1");
        row(t, "33 empty records",                   of(repeated(33, record(APPLICATION_DATA, ""))),   UNEXPECTED_MESSAGE, "5246 6.2.1");
        row(t, "five warnings",                      of(repeated(5, record(ALERT, "015a"))),           UNEXPECTED_MESSAGE, "5246 7.2.2");
        t.both("2^14 + 1 bytes of plaintext",        of(records(record(APPLICATION_DATA, new byte[16_385]))), RECORD_OVERFLOW, "5246 6.2.1");
        t.both("2^14 + 2049 bytes of ciphertext",    bytes(r -> r.setLength(Modifiable.explicit(18_433))), RECORD_OVERFLOW, "5246 6.2.3");
        t.both("an alert of level 3",                of(send(alert(3, 0))),                            ILLEGAL_PARAMETER, "5246 7.2");
        t.both("an alert and half of one, then data", of(records(record(ALERT, "015a01"), record(APPLICATION_DATA, "00"))), UNEXPECTED_MESSAGE, "5246 7.2");
        t.both("a fatal alert",                      of(send(alert(2, 80))),                           CLOSES, "5246 7.2.2");
        t.both("close_notify",                       of(send(alert(1, 0))),                            CLOSE_NOTIFY, "5246 7.2.1");
        t.both("close_notify, then data",            of(then(send(alert(1, 0)), send(data("late")))),  CLOSE_NOTIFY, "5246 7.2.1");
        row(t, "32 empty records, then data",        of(then(repeated(32, record(APPLICATION_DATA, "")), send(data("ping")))), COMPLETES, "5246 6.2.1");
        t.sign("a ClientHello, not allowed, then data", of(then(renegotiation(), send(data("ping")))),
            UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE, NO_RENEGOTIATION, "5246 7.2.2");
        return t;
    }
    // @formatter:on
}
