package dev.lockstep.server.serve;

import dev.lockstep.fuzz.FileBytes;
import dev.lockstep.fuzz.Target;
import dev.lockstep.testkit.util.Expect;
import dev.lockstep.tls.psk.PskSource;
import java.io.IOException;

/** Files of pre-shared keys: read, or refused in a line that names a line of the file and shows no key. */
public final class PskFileTarget implements Target {

    private final FileBytes file;

    /** @throws IOException when there is no place for a file */
    public PskFileTarget() throws IOException {
        file = new FileBytes();
    }

    @Override
    public void run(byte[] input) throws IOException {
        file.write(input);
        FileBytes.isRead(() -> {
            PskFile keys = PskFile.read(file.path());
            Expect.that(keys.size() > 0, "a file without a key is accepted");
            Expect.that(
                    keys.standInLength() >= 16 && keys.standInLength() <= PskSource.MAX_KEY_LENGTH,
                    "the stand-in for unknown identities has a length that no key has");
        });
    }
}
