package dev.lockstep.crypto.selection;

/** A provider that cannot be used: because nothing can be taken from it, or because it computes wrongly. */
public final class UnfitProviderException extends Exception {
    private static final long serialVersionUID = 1L;

    UnfitProviderException(String message) {
        super(message);
    }
}
