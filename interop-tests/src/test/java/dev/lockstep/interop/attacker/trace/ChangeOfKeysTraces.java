package dev.lockstep.interop.attacker.trace;

import static dev.lockstep.interop.attacker.trace.Answer.BAD_RECORD_MAC;
import static dev.lockstep.interop.attacker.trace.Answer.UNEXPECTED_MESSAGE;
import static dev.lockstep.interop.attacker.trace.Attack.insteadOf;
import static dev.lockstep.interop.attacker.trace.Messages.changed;
import static dev.lockstep.interop.attacker.trace.Messages.hex;
import static dev.lockstep.interop.attacker.trace.Messages.record;
import static dev.lockstep.interop.attacker.trace.Messages.records;
import static dev.lockstep.interop.attacker.trace.Messages.send;
import static dev.lockstep.interop.attacker.trace.Messages.then;
import static dev.lockstep.interop.attacker.trace.Step.CHANGE_CIPHER_SPEC;

import de.rub.nds.modifiablevariable.util.Modifiable;
import de.rub.nds.tlsattacker.core.protocol.message.ChangeCipherSpecMessage;
import de.rub.nds.tlsattacker.core.protocol.message.FinishedMessage;

/** ChangeCipherSpec in the wrong place or form. Where the client has not sent its key exchange, none is due. */
final class ChangeOfKeysTraces {
    private static final Attack EARLY = Attack.inserted(then(alone(), send(FinishedMessage::new)));

    private ChangeOfKeysTraces() {}

    private static Attack payload(String payload) {
        return insteadOf(
                CHANGE_CIPHER_SPEC,
                send(changed(
                        ChangeCipherSpecMessage::new, m -> m.setCcsProtocolType(Modifiable.explicit(hex(payload))))));
    }

    /** The record without its effect on TLS-Attacker, which would protect what follows. */
    private static Attack.Sends alone() {
        return records(record(Messages.CHANGE_CIPHER_SPEC, "01"));
    }

    // @formatter:off
    static Table table() {
        return new Table("ChangeCipherSpec")
            .sign("before the key exchange, CVE-2014-0224", EARLY, UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE, "5246 7.1")
            .decrypt("and a Finished without keys", EARLY, UNEXPECTED_MESSAGE, BAD_RECORD_MAC, BAD_RECORD_MAC, "5246 7.1")
            .both("of 2",               payload("02"),   UNEXPECTED_MESSAGE, "5246 7.1")
            .both("of 0",               payload("00"),   UNEXPECTED_MESSAGE, "5246 7.1")
            .both("of two bytes",       payload("0101"), UNEXPECTED_MESSAGE, "5246 7.1")
            .both("of 64 bytes",        payload("01".repeat(64)), UNEXPECTED_MESSAGE, "5246 7.1")
            .both("twice, the second under the new keys",
                insteadOf(CHANGE_CIPHER_SPEC, send(ChangeCipherSpecMessage::new, ChangeCipherSpecMessage::new)), UNEXPECTED_MESSAGE, "5246 7.1")
            .sign("twice, both without keys",    insteadOf(CHANGE_CIPHER_SPEC, then(alone(), alone())),
                UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE, BAD_RECORD_MAC, "5246 6.2.3")
            .decrypt("twice, both without keys", insteadOf(CHANGE_CIPHER_SPEC, then(alone(), alone())),
                UNEXPECTED_MESSAGE, BAD_RECORD_MAC, BAD_RECORD_MAC, "5246 6.2.3")
            .both("left out: Finished without keys", insteadOf(CHANGE_CIPHER_SPEC, send(FinishedMessage::new)), UNEXPECTED_MESSAGE, "5246 7.4.9")
            .both("in the middle of Finished", insteadOf(CHANGE_CIPHER_SPEC,
                records(record(Messages.HANDSHAKE, "1400"), record(Messages.CHANGE_CIPHER_SPEC, "01"), record(Messages.HANDSHAKE, "000c"))),
                UNEXPECTED_MESSAGE, "5246 7.1");
    }
    // @formatter:on
}
