package dev.lockstep.server.keyuri;

import dev.lockstep.keys.keyserver.KeyServerKeys;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;

/**
 * A key server as the loops of a server see it: each has a connection of its own, which only its thread uses. A shared one
 * would need a lock and a wake-up for every operation.
 *
 * @param links one for each loop
 */
record LoopLinks(List<KeyServerKeys> links) {

    /** A key whose operations go through the connection of the loop that asks. */
    private record LoopKey(List<ExternalPrivateKey> keys) implements ExternalPrivateKey {

        @Override
        public Set<SignatureScheme> signatureSchemes() {
            return keys.get(0).signatureSchemes();
        }

        @Override
        public boolean canDecrypt() {
            return keys.get(0).canDecrypt();
        }

        @Override
        public Start<byte[]> startSign(SignRequest request, Waker waker) throws Exception {
            return keys.get(LoopNumber.get()).startSign(request, waker);
        }

        @Override
        public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) throws Exception {
            return keys.get(LoopNumber.get()).startDecrypt(request, waker);
        }
    }

    /** The key of a certificate. */
    ExternalPrivateKey key(X509Certificate certificate) {
        List<ExternalPrivateKey> keys = links.stream()
                .<ExternalPrivateKey>map(link -> link.key(certificate))
                .toList();
        return keys.size() == 1 ? keys.get(0) : new LoopKey(keys);
    }

    Credential credential(List<X509Certificate> chain) {
        return Credential.external(chain, key(chain.get(0)));
    }

    /** Takes over which keys the key server has, as another client of it has learned. */
    void learnFrom(KeyServerKeys other) {
        links.forEach(link -> link.learnFrom(other));
    }

    KeyServerKeys of(int loop) {
        return links.get(loop);
    }

    /** Makes the connections again at the next moment when nothing is asked. */
    void reconnect() {
        links.forEach(KeyServerKeys::reconnect);
    }

    void close() {
        links.forEach(KeyServerKeys::close);
    }

    static LoopLinks of(int loops, IntFunction<KeyServerKeys> link) {
        return new LoopLinks(
                java.util.stream.IntStream.range(0, loops).mapToObj(link).toList());
    }
}
