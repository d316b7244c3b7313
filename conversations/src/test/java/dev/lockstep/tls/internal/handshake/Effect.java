package dev.lockstep.tls.internal.handshake;

import java.util.Set;

/**
 * What the action of a row does, as far as the properties of the handshake look at it. An action has an effect when it calls
 * one of these, itself or through others: read from the classes, not written down.
 */
enum Effect {
    BEGINS("Offer.<init>"),
    AGREES("Negotiation.choose"),
    AGREES_TO_RESUME("Negotiation.resume"),
    MAKES_SHARE("KeyShare.generate"),
    USES_SHARE("KeyShare.agree"),
    DROPS_SHARE("KeyAgreement.takeShare"),
    DECRYPTS("RsaPremaster.unpad"),
    DRAWS_STAND_IN("KeyAgreement.standIn(byte[])"),
    TAKES_PREMASTER("KeyAgreement.takePremaster"),
    MAKES_MASTER("MasterSecret.derive", "MasterSecret.deriveExtended", "MasterSecret.restore"),
    PREPARES_KEYS("HandshakeOutput.preparePendingStates"),
    READS_WITH_THEM("HandshakeOutput.activateReadState"),
    WRITES_WITH_THEM("HandshakeOutput.sendChangeCipherSpec"),
    CHECKS_FINISHED("Finished.parse"),
    SENDS_FINISHED("Finished.<init>"),
    CLAIMS("ClientCertificate.parse"),
    PROVES("ClientCertificate.verifies"),
    KEEPS_SESSION("ResumableSession.builder"),
    TAKES_SESSION("ResumptionRules.permit"),
    DROPS_SESSION("Handshake.dropEarlierSession");

    private final Set<String> calls;

    Effect(String... calls) {
        this.calls = Set.of(calls);
    }

    /** The calls that have the effect; one with parameters means the overload that has them. */
    Set<String> calls() {
        return calls;
    }
}
