package dev.lockstep.tls.credential;

import org.jspecify.annotations.Nullable;

/**
 * The OCSP response that a credential can staple at a moment, or why it cannot.
 *
 * @param der the response, not to be changed; null if there is none worth sending
 * @param defect what is wrong with the one there is, beginning with the field's name; null if nothing is
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
public record StapledResponse(
        byte @Nullable [] der, @Nullable String defect) {

    /** There is no response, and nothing is wrong with that. */
    public static final StapledResponse NONE = new StapledResponse(null, null);

    static StapledResponse of(byte[] der) {
        return new StapledResponse(der, null);
    }

    static StapledResponse unusable(String defect) {
        return new StapledResponse(null, defect);
    }
}
