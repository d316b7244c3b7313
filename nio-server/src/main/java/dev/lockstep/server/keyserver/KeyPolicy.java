package dev.lockstep.server.keyserver;

import dev.lockstep.keys.keyserver.protocol.Message;

/**
 * What a key server does with its keys.
 *
 * @param signAnything whether it signs any message and any digest, instead of ServerKeyExchange inputs alone
 * @param rawDecrypt whether a decryption may be answered with the raw block
 * @param decrypt whether there are decryptions at all
 */
public record KeyPolicy(boolean signAnything, boolean rawDecrypt, boolean decrypt) {

    /** ServerKeyExchange inputs alone, both forms of decryption. */
    public static final KeyPolicy DEFAULT = new KeyPolicy(false, true, true);

    /** Whether a signature may be made. A digest hides what is signed. */
    boolean allows(Message.Sign sign) {
        return signAnything
                || (sign.form() == Message.SignForm.MESSAGE
                        && ServerKeyExchangeInput.isWellFormed(sign.input().bytes()));
    }

    boolean allows(Message.Decrypt request) {
        return decrypt && (rawDecrypt || request.form() != Message.DecryptForm.RAW);
    }
}
