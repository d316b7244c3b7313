package dev.lockstep.interop.attacker.trace;

import static dev.lockstep.interop.attacker.trace.Answer.BAD_RECORD_MAC;
import static dev.lockstep.interop.attacker.trace.Answer.DECODE_ERROR;
import static dev.lockstep.interop.attacker.trace.Answer.UNEXPECTED_MESSAGE;
import static dev.lockstep.interop.attacker.trace.Attack.insteadOf;
import static dev.lockstep.interop.attacker.trace.Messages.changed;
import static dev.lockstep.interop.attacker.trace.Messages.hex;
import static dev.lockstep.interop.attacker.trace.Messages.send;
import static dev.lockstep.interop.attacker.trace.Step.KEY_EXCHANGE;

import de.rub.nds.modifiablevariable.util.Modifiable;
import de.rub.nds.tlsattacker.core.protocol.message.RSAClientKeyExchangeMessage;
import java.util.function.Consumer;

/**
 * ClientKeyExchange with a secret that does not decrypt well. Whatever is wrong inside the ciphertext, the answer comes to
 * Finished, which does not decrypt: no question is answered about the padding. Behind another one it is unexpected.
 */
final class DecryptionTraces {
    /** Between the two first bytes and the zero, for a key of 2048 bits and a secret of 48 bytes. */
    private static final int PADDING = 256 - 48 - 3;

    private DecryptionTraces() {}

    /** Continues to Finished, where all of these end alike. */
    private static void masked(Table table, String what, Consumer<RSAClientKeyExchangeMessage> change) {
        table.decrypt(
                what,
                exchange(change).thenContinues(),
                BAD_RECORD_MAC,
                UNEXPECTED_MESSAGE,
                UNEXPECTED_MESSAGE,
                "5246 7.4.7.1");
    }

    private static void refused(Table table, String what, Consumer<RSAClientKeyExchangeMessage> change) {
        table.decrypt(what, exchange(change), DECODE_ERROR, UNEXPECTED_MESSAGE, UNEXPECTED_MESSAGE, "5246 4.3");
    }

    private static Attack exchange(Consumer<RSAClientKeyExchangeMessage> change) {
        return insteadOf(KEY_EXCHANGE, send(changed(RSAClientKeyExchangeMessage::new, change)));
    }

    /** The block before its encryption, with the bits of one byte changed. */
    private static void block(Table table, String what, int position, int bits) {
        masked(table, what, m -> {
            m.prepareComputations();
            m.getComputations().setPlainPaddedPremasterSecret(Modifiable.xor(new byte[] {(byte) bits}, position));
        });
    }

    private static void version(Table table, String what, String version) {
        masked(table, what, m -> {
            m.prepareComputations();
            m.getComputations().setPremasterSecretProtocolVersion(Modifiable.explicit(hex(version)));
        });
    }

    private static void ciphertext(Table table, String what, String bytes) {
        masked(table, what, m -> m.setPublicKey(Modifiable.explicit(hex(bytes))));
    }

    /** A block with a zero in its padding, around the secret that the client uses: a lenient server would have it too. */
    private static void zero(Table table, String what, int position) {
        String secret = "0303" + "5c".repeat(46);
        byte[] block = hex("0002" + "a5".repeat(PADDING) + "00" + secret);
        block[2 + position] = 0;
        masked(table, what, m -> {
            m.prepareComputations();
            m.getComputations().setPremasterSecret(Modifiable.explicit(hex(secret)));
            m.getComputations().setPlainPaddedPremasterSecret(Modifiable.explicit(block));
        });
    }

    static Table table() {
        Table t = new Table("ClientKeyExchange of RSA");
        block(t, "the block begins with 1", 0, 1);
        block(t, "a block of type 1, of a signature", 1, 3);
        block(t, "a block of type 0", 1, 2);
        block(t, "no zero behind the padding", 2 + PADDING, 0x7f);
        zero(t, "a zero at the first byte of the padding", 0);
        zero(t, "a zero at the eighth byte of the padding", 7);
        zero(t, "a zero in the middle: a longer secret", PADDING / 2);
        zero(t, "a zero a byte early: 49 bytes of secret", PADDING - 1);
        version(t, "a secret of version 3.2", "0302");
        version(t, "a secret of version 3.4", "0304");
        version(t, "a secret of version 0.0", "0000");
        block(t, "a bit of the secret", 255, 1);
        ciphertext(t, "a ciphertext of zeros", "00".repeat(256));
        ciphertext(t, "a ciphertext of 1", "00".repeat(255) + "01");
        ciphertext(t, "a ciphertext over the modulus", "ff".repeat(256));
        ciphertext(t, "a ciphertext of 255 bytes", "5a".repeat(255));
        ciphertext(t, "a ciphertext of 257 bytes", "5a".repeat(257));
        ciphertext(t, "a ciphertext of one byte", "5a");
        refused(t, "a ciphertext of no bytes", m -> m.setPublicKey(Modifiable.explicit(new byte[0])));
        refused(t, "nothing in it", m -> m.setMessageContent(Modifiable.explicit(new byte[0])));
        refused(t, "one byte", m -> m.setMessageContent(Modifiable.explicit(new byte[1])));
        refused(t, "without a length, as SSL 3.0 has it", m -> m.setMessageContent(Modifiable.delete(0, 2)));
        refused(t, "a ciphertext said longer than it is", m -> m.setPublicKeyLength(Modifiable.add(1)));
        refused(t, "a ciphertext said shorter than it is", m -> m.setPublicKeyLength(Modifiable.sub(1)));
        refused(t, "a byte behind the ciphertext", m -> m.setMessageContent(Modifiable.insert(new byte[1], 258)));
        refused(t, "the point of ECDHE", m -> m.setMessageContent(Modifiable.explicit(hex("41" + "04".repeat(65)))));
        t.decrypt(
                "twice",
                insteadOf(KEY_EXCHANGE, send(RSAClientKeyExchangeMessage::new, RSAClientKeyExchangeMessage::new)),
                UNEXPECTED_MESSAGE,
                UNEXPECTED_MESSAGE,
                UNEXPECTED_MESSAGE,
                "5246 7.4.7");
        return t;
    }
}
