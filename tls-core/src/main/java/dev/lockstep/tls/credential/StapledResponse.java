package dev.lockstep.tls.credential;

import org.jspecify.annotations.Nullable;

/**
 * The OCSP response that a credential can staple at a moment, or why it cannot.
 *
 * @param der the response, not to be changed; null if there is none worth sending
 * @param defect what is wrong with the one there is, beginning with the field's name; null if nothing is
 * @param failure what the source threw instead of giving one, which {@code defect} then describes; usually null
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
public record StapledResponse(
        byte @Nullable [] der,
        @Nullable String defect,
        @Nullable Throwable failure) {

    /** There is no response, and nothing is wrong with that. */
    public static final StapledResponse NONE = new StapledResponse(null, null, null);

    static StapledResponse of(byte[] der) {
        return new StapledResponse(der, null, null);
    }

    static StapledResponse unusable(String defect) {
        return new StapledResponse(null, defect, null);
    }

    static StapledResponse failed(Throwable failure) {
        String what;
        try {
            what = failure.toString();
        } catch (RuntimeException | Error again) { // it is the application's own, and fails to describe itself
            what = failure.getClass().getName();
        }
        return new StapledResponse(null, "source: it failed (" + what + ")", failure);
    }
}
