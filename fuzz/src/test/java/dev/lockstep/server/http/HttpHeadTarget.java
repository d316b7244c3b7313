package dev.lockstep.server.http;

import dev.lockstep.fuzz.Input;
import dev.lockstep.fuzz.Target;
import dev.lockstep.testkit.util.Expect;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What a client sends as requests, one after the other: read whole or in pieces alike, and never beyond the bounds. */
public final class HttpHeadTarget implements Target {

    @Override
    public void run(byte[] bytes) {
        Input input = new Input(bytes);
        int portion = 1 + input.below(64);
        byte[] stream = input.rest();
        List<String> whole = requests(stream, Math.max(1, stream.length));
        Expect.that(whole.equals(requests(stream, portion)), "other requests when the stream is cut in another way");
    }

    /** What is answered, until the connection ends. */
    private static List<String> requests(byte[] stream, int portion) {
        RequestReader reader = new RequestReader();
        List<String> requests = new ArrayList<>();
        int begin = 0;
        for (int at = 0; at < stream.length; at += portion) {
            ByteBuffer part = ByteBuffer.wrap(stream, at, Math.min(portion, stream.length - at));
            while (reader.take(part)) {
                int end = part.position();
                Expect.that(end - begin <= RequestReader.LONGEST_HEAD + 1, "a head longer than the bound");
                begin = end;
                Refusal refusal = reader.refusal();
                boolean keeps = reader.keepsConnection() && (refusal == null || refusal.keepsConnection());
                requests.add(end + " " + refusal + " " + reader.isHead() + reader.isHttp10() + keeps);
                if (!keeps) {
                    return requests;
                }
                reader.reset();
                Expect.that(!reader.hasBegun(), "a request has begun before its first byte");
            }
            Expect.that(!part.hasRemaining(), "input is left over");
        }
        return requests;
    }
}
