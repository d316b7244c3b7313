package dev.lockstep.interop.attacker.trace;

import static dev.lockstep.interop.attacker.trace.Answer.DECODE_ERROR;
import static dev.lockstep.interop.attacker.trace.Answer.ILLEGAL_PARAMETER;
import static dev.lockstep.interop.attacker.trace.Answer.UNEXPECTED_MESSAGE;
import static dev.lockstep.interop.attacker.trace.Attack.insteadOf;
import static dev.lockstep.interop.attacker.trace.Messages.changed;
import static dev.lockstep.interop.attacker.trace.Messages.hex;
import static dev.lockstep.interop.attacker.trace.Messages.record;
import static dev.lockstep.interop.attacker.trace.Messages.records;
import static dev.lockstep.interop.attacker.trace.Messages.send;
import static dev.lockstep.interop.attacker.trace.Step.KEY_EXCHANGE;

import de.rub.nds.modifiablevariable.util.Modifiable;
import de.rub.nds.tlsattacker.core.config.Config;
import de.rub.nds.tlsattacker.core.constants.NamedGroup;
import de.rub.nds.tlsattacker.core.protocol.message.ECDHClientKeyExchangeMessage;
import java.util.function.Consumer;

/** ClientKeyExchange with a share that is none. In front of ServerHelloDone it is out of order whatever it says. */
final class KeyExchangeTraces {
    private static final String ZERO = "00".repeat(32);

    private KeyExchangeTraces() {}

    private static void row(Table table, String what, Attack attack, Answer answer, String section) {
        table.sign(what, attack, UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE, answer, section);
    }

    private static Attack exchange(Consumer<ECDHClientKeyExchangeMessage> change) {
        // TLS-Attacker would read the share again, and not send what it cannot read.
        Consumer<ECDHClientKeyExchangeMessage> unread = m -> m.setAdjustContext(Modifiable.explicit(Boolean.FALSE));
        return insteadOf(KEY_EXCHANGE, send(changed(ECDHClientKeyExchangeMessage::new, unread.andThen(change))));
    }

    private static Attack share(String point) {
        return exchange(m -> m.setPublicKey(Modifiable.explicit(hex(point))));
    }

    private static Attack x25519(String point) {
        return share(point).with(KeyExchangeTraces::x25519);
    }

    private static void x25519(Config config) {
        config.setDefaultClientNamedGroups(NamedGroup.ECDH_X25519);
    }

    // @formatter:off
    static Table table() {
        Table t = new Table("ClientKeyExchange of ECDHE");
        row(t, "nothing in it",                       exchange(m -> m.setMessageContent(Modifiable.explicit(new byte[0]))), DECODE_ERROR, "8422 5.7");
        row(t, "no point",                            share(""),                        DECODE_ERROR,      "8422 5.7");
        row(t, "a point of one byte, infinity",       share("00"),                      ILLEGAL_PARAMETER,      "8422 5.4.1");
        row(t, "a point off the curve",               exchange(m -> m.setPublicKey(Modifiable.xor(new byte[] {1}, -1))), ILLEGAL_PARAMETER, "8422 5.11");
        row(t, "the point 0, 0",                      share("04" + ZERO + ZERO),        ILLEGAL_PARAMETER, "8422 5.11");
        row(t, "coordinates over the prime",          share("04" + "ff".repeat(64)),    ILLEGAL_PARAMETER, "8422 5.11");
        row(t, "a compressed point",                  share("02" + "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"),
            ILLEGAL_PARAMETER, "8422 5.4.1");
        row(t, "a hybrid point",                      exchange(m -> m.setPublicKey(Modifiable.xor(new byte[] {2}, 0))), ILLEGAL_PARAMETER, "8422 5.4.1");
        row(t, "a point of unknown form",             exchange(m -> m.setPublicKey(Modifiable.xor(new byte[] {0x50}, 0))), ILLEGAL_PARAMETER, "8422 5.4.1");
        row(t, "a point a byte short",                exchange(m -> m.setPublicKey(Modifiable.delete(-1, 1))), ILLEGAL_PARAMETER, "8422 5.7");
        row(t, "a point a byte too long",             exchange(m -> m.setPublicKey(Modifiable.insert(new byte[1], 65))), ILLEGAL_PARAMETER, "8422 5.7");
        row(t, "a point of secp384r1",                share("04" + "01".repeat(96)),    ILLEGAL_PARAMETER,      "8422 5.7");
        row(t, "a point said longer than it is",      exchange(m -> m.setPublicKeyLength(Modifiable.add(1))), DECODE_ERROR, "5246 4.3");
        row(t, "a point said shorter than it is",     exchange(m -> m.setPublicKeyLength(Modifiable.sub(1))), DECODE_ERROR, "5246 4.3");
        row(t, "a byte behind the point",             exchange(m -> m.setMessageContent(Modifiable.insert(new byte[1], 66))), DECODE_ERROR, "5246 4.3");
        row(t, "the encrypted secret of RSA",         exchange(m -> m.setMessageContent(Modifiable.explicit(hex("0100" + "5a".repeat(256))))),
            DECODE_ERROR, "5246 7.4.7");
        row(t, "x25519, zero",                        x25519(ZERO),                     ILLEGAL_PARAMETER, "8422 5.11");
        row(t, "x25519, one",                         x25519("01" + "00".repeat(31)),   ILLEGAL_PARAMETER, "8422 5.11");
        row(t, "x25519, a point of order 8",          x25519("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
            ILLEGAL_PARAMETER, "8422 5.11");
        row(t, "x25519, the prime",                   x25519("ed" + "ff".repeat(30) + "7f"), ILLEGAL_PARAMETER, "8422 5.11");
        row(t, "x25519, 31 bytes",                    x25519("09" + "00".repeat(30)),   ILLEGAL_PARAMETER,      "8422 5.7");
        row(t, "x25519, 33 bytes",                    x25519("09" + "00".repeat(32)),   ILLEGAL_PARAMETER,      "8422 5.7");
        row(t, "x25519, nothing",                     x25519(""),                       DECODE_ERROR,      "8422 5.7");
        row(t, "x25519, a point of secp256r1",        x25519("04" + "01".repeat(64)),   ILLEGAL_PARAMETER,      "8422 5.7");
        row(t, "twice",                               insteadOf(KEY_EXCHANGE, send(ECDHClientKeyExchangeMessage::new, ECDHClientKeyExchangeMessage::new)),
            UNEXPECTED_MESSAGE, "5246 7.4.7");
        row(t, "left out: ChangeCipherSpec",          insteadOf(KEY_EXCHANGE, records(record(Messages.CHANGE_CIPHER_SPEC, "01"))),
            UNEXPECTED_MESSAGE, "5246 7.4.7");
        return t;
    }
    // @formatter:on
}
