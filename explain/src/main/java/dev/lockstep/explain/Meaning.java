package dev.lockstep.explain;

import dev.lockstep.tls.spec.CipherSuite;
import dev.lockstep.tls.spec.KeyExchange;
import dev.lockstep.tls.wait.SuspensionKind;
import org.jspecify.annotations.Nullable;

/** What each message is for, and what is derived from what with it. */
final class Meaning {

    private Meaning() {}

    static String of(String message, boolean fromClient) {
        return switch (message) {
            case "HelloRequest" -> "The server asks for another handshake.";
            case "ClientHello" ->
                "The client offers versions, cipher suites and extensions, and its half of the randomness.";
            case "ServerHello" -> "The server chooses, and adds its half of the randomness.";
            case "Certificate" ->
                fromClient
                        ? "The client names itself; it proves that it has the key in CertificateVerify."
                        : "The server names itself, with the certificates that lead to a root.";
            case "CertificateStatus" -> "The authority's recent statement that the certificate is not revoked.";
            case "ServerKeyExchange" ->
                "The server's ephemeral share, signed over both randoms: the first use of the private key.";
            case "CertificateRequest" ->
                "The server asks for a certificate, and says which types, schemes and issuers it accepts.";
            case "ServerHelloDone" -> "The server has nothing to add; it is the client's turn.";
            case "ClientKeyExchange" ->
                "The client's part of the key exchange. Both sides now derive the master secret and the keys.";
            case "CertificateVerify" -> "The client's signature over every message so far.";
            case "ChangeCipherSpec" -> "What this side sends from here on is protected with the new keys.";
            case "Finished" -> "A hash of the whole handshake under the master secret: the first protected message.";
            case "NewSessionTicket" ->
                "The session, sealed by the server's ticket key; the client presents it to resume.";
            case "Application Data" -> "The handshake is over; this is what it was for.";
            case "Alert" -> "This side ends the connection, or says what is wrong.";
            default -> "Continued in another record.";
        };
    }

    static String of(SuspensionKind kind) {
        return switch (kind) {
            case SIGN -> "The key signs elsewhere. `step()` answers `ASYNC_IN_PROGRESS` until the signature is there.";
            case DECRYPT -> "The key decrypts elsewhere. `step()` answers `ASYNC_IN_PROGRESS` until it has.";
            case CLIENT_CERTIFICATE -> "A verifier judges the client's certificates.";
            case TICKET_OPENING -> "The ticket is opened, by a key ring in the process or elsewhere.";
            case SESSION_LOOKUP -> "A session store looks for the session that the client names.";
            case CREDENTIAL_SELECTION -> "A selector chooses the certificate.";
            case PSK_LOOKUP -> "The pre-shared key of the client's identity is looked up.";
            case KEY_AGREEMENT -> "The shared secret is computed elsewhere.";
        };
    }

    /**
     * Returns what is derived with a message, or an empty text. RFC 5246 sections 6.3, 7.4.3, 7.4.8, 7.4.9 and 8.1, RFC 7627
     * section 4.
     *
     * @param suite null before ServerHello
     */
    static String derivation(
            String message,
            boolean fromClient,
            @Nullable CipherSuite suite,
            boolean extendedMasterSecret,
            boolean resumed) {
        return switch (message) {
            case "ServerHello" ->
                resumed
                        ? "master_secret is the session's; "
                                + keyBlock("key_block", "so that the keys are new though the secret is not")
                        : "";
            case "ServerKeyExchange" ->
                suite != null && suite.keyExchange().signsServerKeyExchange()
                        ? "The share = g^d, with a private value d that is drawn for this handshake and never sent; "
                                + "signature = sign(the certificate's private key, client_random + server_random + params)."
                        : "";
            case "ClientKeyExchange" -> suite == null ? "" : secrets(suite.keyExchange(), extendedMasterSecret);
            case "CertificateVerify" ->
                "signature = sign(the client's private key, every handshake message before this one).";
            case "Finished" ->
                "verify_data = the first 12 bytes of PRF(master_secret, \"" + (fromClient ? "client" : "server")
                        + " finished\", hash of every handshake message before this one).";
            case "NewSessionTicket" ->
                "ticket = the session, master_secret included, encrypted and authenticated with the ticket key.";
            default -> "";
        };
    }

    private static String secrets(KeyExchange exchange, boolean extendedMasterSecret) {
        String agreed = exchange.isEphemeral()
                ? "what each side computes from its own private value and the other's share"
                : exchange.decryptsPremaster() ? "48 bytes of the client's, encrypted to the certificate" : "zeros";
        String premaster = exchange.usesPsk() ? "(" + agreed + ", the pre-shared key)" : agreed;
        String seed = extendedMasterSecret
                ? "\"extended master secret\", hash of every handshake message up to this one"
                : "\"master secret\", client_random + server_random";
        return "pre_master_secret = " + premaster + "; master_secret = PRF(pre_master_secret, " + seed + "); "
                + keyBlock("key_block", "cut into the keys and IVs of both directions");
    }

    private static String keyBlock(String name, String what) {
        return name + " = PRF(master_secret, \"key expansion\", server_random + client_random), " + what + ".";
    }
}
