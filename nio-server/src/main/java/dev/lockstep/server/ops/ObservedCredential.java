package dev.lockstep.server.ops;

import dev.lockstep.keys.compose.KeyObserver;
import dev.lockstep.keys.compose.ObservedKey;
import dev.lockstep.tls.credential.Credential;
import dev.lockstep.tls.key.DecryptRequest;
import dev.lockstep.tls.key.ExternalPrivateKey;
import dev.lockstep.tls.key.SignRequest;
import dev.lockstep.tls.spec.SignatureScheme;
import dev.lockstep.tls.wait.Start;
import dev.lockstep.tls.wait.Waker;
import java.util.Set;

/** The key of a credential as a key, so that it can be observed. */
public final class ObservedCredential {

    private ObservedCredential() {}

    /** Returns a credential with the same chain whose operations {@code observer} is told of; without its staples. */
    public static Credential of(Credential credential, KeyObserver observer) {
        ExternalPrivateKey key = new ExternalPrivateKey() {
            @Override
            public Set<SignatureScheme> signatureSchemes() {
                return credential.signatureSchemes();
            }

            @Override
            public boolean canDecrypt() {
                return credential.canDecrypt();
            }

            @Override
            public Start<byte[]> startSign(SignRequest request, Waker waker) throws Exception {
                return credential.startSign(request, waker);
            }

            @Override
            public Start<byte[]> startDecrypt(DecryptRequest request, Waker waker) throws Exception {
                return credential.startDecrypt(request, waker);
            }
        };
        return Credential.external(credential.chain(), ObservedKey.of(key, observer, System::nanoTime));
    }
}
