package dev.lockstep.conversations.transcript;

/** One sentence about each message, for the page. */
final class Meaning {

    private Meaning() {}

    static String of(String message, boolean fromClient) {
        return switch (message) {
            case "ClientHello" ->
                "The client offers versions, cipher suites and extensions, and its half of the randomness.";
            case "ServerHello" -> "The server chooses, and adds its half of the randomness.";
            case "Certificate" ->
                fromClient
                        ? "The client names itself; it proves that it has the key in CertificateVerify."
                        : "The server names itself, with the certificates that lead to a root.";
            case "ServerKeyExchange" ->
                "The server's ephemeral share, signed over both randoms: the first use of the private key.";
            case "CertificateRequest" ->
                "The server asks for a certificate, and says which types, schemes and issuers it accepts.";
            case "ServerHelloDone" -> "The server has nothing to add; it is the client's turn.";
            case "ClientKeyExchange" ->
                "The client's ephemeral share. Both sides now derive the master secret and the keys.";
            case "CertificateVerify" -> "The client's signature over every message so far.";
            case "ChangeCipherSpec" -> "What this side sends from here on is protected with the new keys.";
            case "Finished" -> "A hash of the whole handshake under the master secret: the first protected message.";
            case "NewSessionTicket" ->
                "The session, sealed by the server's ticket key; the client presents it to resume.";
            case "Application Data" -> "The handshake is over; this is what it was for.";
            default -> throw new AssertionError(message);
        };
    }

    static String of(dev.lockstep.tls.wait.SuspensionKind kind) {
        return switch (kind) {
            case SIGN -> "The key signs elsewhere. `step()` answers `ASYNC_IN_PROGRESS` until the signature is there.";
            case CLIENT_CERTIFICATE -> "A verifier judges the client's certificates.";
            case TICKET_OPENING -> "The ticket is opened, by a key ring in the process or elsewhere.";
            default -> throw new AssertionError(kind);
        };
    }
}
