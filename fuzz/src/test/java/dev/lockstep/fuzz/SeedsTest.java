package dev.lockstep.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lockstep.testkit.util.Mutator;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The seeds of every target, and mutations of them that are the same in every run. */
@Timeout(120)
@Tag("one-jdk")
class SeedsTest {

    @ParameterizedTest
    @EnumSource
    void seedsAndTheirMutationsAreHandled(Targets each) throws Exception {
        Target target = each.open();
        Map<String, byte[]> seeds = Seeds.of(each);
        assertThat(seeds).isNotEmpty();
        for (Map.Entry<String, byte[]> seed : seeds.entrySet()) {
            run(target, seed.getKey(), seed.getValue());
            Mutator mutator = new Mutator(new Random(5246));
            for (int i = 0; i < each.mutations(); i++) {
                run(target, "a mutation of " + seed.getKey(), mutator.mutated(seed.getValue()));
            }
        }
        run(target, "nothing", new byte[0]);
    }

    private static void run(Target target, String name, byte[] input) {
        try {
            target.run(input);
        } catch (Exception | Error e) {
            throw new AssertionError(name + ", " + HexFormat.of().formatHex(input), e);
        }
    }
}
