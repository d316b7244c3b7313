package dev.lockstep.interop.attacker.trace;

import static dev.lockstep.interop.attacker.trace.Answer.DECODE_ERROR;
import static dev.lockstep.interop.attacker.trace.Answer.UNEXPECTED_MESSAGE;
import static dev.lockstep.interop.attacker.trace.Attack.inserted;
import static dev.lockstep.interop.attacker.trace.Messages.handshake;
import static dev.lockstep.interop.attacker.trace.Messages.record;
import static dev.lockstep.interop.attacker.trace.Messages.records;
import static dev.lockstep.interop.attacker.trace.Messages.send;

/** Handshake messages where none of their kind may be: a server's, those of other versions and extensions, unknown ones. */
final class MessageTraces {
    private static final Attack HUGE = inserted(records(record(Messages.HANDSHAKE, "14ffffff")));

    private MessageTraces() {}

    private static Attack message(int type, String body) {
        return inserted(send(handshake(type, body)));
    }

    // @formatter:off
    static Table table() {
        return new Table("Messages that are not due")
            .both("HelloRequest",                message(0, ""),              UNEXPECTED_MESSAGE, "5246 7.4.1.1")
            .both("ServerHello",                 message(2, "0303" + "00".repeat(32) + "00c02f00"), UNEXPECTED_MESSAGE, "5246 7.4")
            .both("HelloVerifyRequest",          message(3, "fefd00"),        UNEXPECTED_MESSAGE, "6347 4.2.1")
            .both("NewSessionTicket",            message(4, "000000000000"),  UNEXPECTED_MESSAGE, "5077 3.3")
            .both("EndOfEarlyData",              message(5, ""),              UNEXPECTED_MESSAGE, "5246 7.4")
            .both("EncryptedExtensions",         message(8, "0000"),          UNEXPECTED_MESSAGE, "5246 7.4")
            .both("Certificate, not asked for",  message(11, "000000"),       UNEXPECTED_MESSAGE, "5246 7.4.6")
            .both("ServerKeyExchange",           message(12, "030017"),       UNEXPECTED_MESSAGE, "5246 7.4")
            .both("CertificateRequest",          message(13, "0101000000"),   UNEXPECTED_MESSAGE, "5246 7.4")
            .both("ServerHelloDone",             message(14, ""),             UNEXPECTED_MESSAGE, "5246 7.4")
            .both("CertificateVerify without a certificate", message(15, "04010000"), UNEXPECTED_MESSAGE, "5246 7.4.8")
            .both("Finished without keys",       message(20, "00".repeat(12)), UNEXPECTED_MESSAGE, "5246 7.4.9")
            .both("CertificateURL",              message(21, "000000"),       UNEXPECTED_MESSAGE, "6066 5")
            .both("CertificateStatus",           message(22, "01000000"),     UNEXPECTED_MESSAGE, "6066 8")
            .both("SupplementalData",            message(23, "000000"),       UNEXPECTED_MESSAGE, "4680 2")
            .both("KeyUpdate",                   message(24, "00"),           UNEXPECTED_MESSAGE, "5246 7.4")
            .both("NextProtocol",                message(67, "0000"),         UNEXPECTED_MESSAGE, "5246 7.4")
            .both("a message of type 99",        message(99, "00"),           UNEXPECTED_MESSAGE, "5246 7.4")
            .both("a message of type 254",       message(254, ""),            UNEXPECTED_MESSAGE, "5246 7.4")
            .both("a message of type 255",       message(255, "ff"),          UNEXPECTED_MESSAGE, "5246 7.4")
            .sign("the header of a Finished of 2^24 - 1 bytes", HUGE, DECODE_ERROR, UNEXPECTED_MESSAGE, DECODE_ERROR, "5246 7.4.9")
            .decrypt("the header of a Finished of 2^24 - 1 bytes", HUGE, DECODE_ERROR, DECODE_ERROR, DECODE_ERROR, "5246 7.4.9")
            .both("the header of an unknown message of 2^24 - 1 bytes", inserted(records(record(Messages.HANDSHAKE, "63ffffff"))),
            UNEXPECTED_MESSAGE, "5246 7.4")
            .both("ServerHelloDone, a byte a record", inserted(records(record(Messages.HANDSHAKE, "0e"), record(Messages.HANDSHAKE, "00"),
                record(Messages.HANDSHAKE, "00"), record(Messages.HANDSHAKE, "00"))), UNEXPECTED_MESSAGE, "5246 7.4");
    }
    // @formatter:on
}
