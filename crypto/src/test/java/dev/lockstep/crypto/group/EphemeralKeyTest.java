package dev.lockstep.crypto.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lockstep.crypto.FixedRandom;
import dev.lockstep.crypto.TestProviders;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("dev.lockstep.crypto.TestProviders#all")
class EphemeralKeyTest {
    @Parameter
    TestProviders provider;

    private final SecureRandom random = new SecureRandom();

    @ParameterizedTest
    @EnumSource(Group.class)
    void twoFreshKeysAgreeOnOneSecret(Group group) throws Exception {
        EphemeralKey ours = EphemeralKey.generate(group, random, provider.sources());
        EphemeralKey theirs = EphemeralKey.generate(group, random, provider.sources());
        byte[] ourPublic = ours.publicValue();
        byte[] theirPublic = theirs.publicValue();
        assertThat(ours.group()).isEqualTo(group);
        assertThat(ourPublic).hasSize(group.publicLength()).isNotEqualTo(theirPublic);
        assertThat(ours.agree(theirPublic)).isEqualTo(theirs.agree(ourPublic));
    }

    @ParameterizedTest
    @EnumSource(Group.class)
    void allRandomnessIsTheOnePassedIn(Group group) {
        byte[] first = EphemeralKey.generate(group, new FixedRandom(0x5a)).publicValue();
        byte[] again = EphemeralKey.generate(group, new FixedRandom(0x5a)).publicValue();
        byte[] other = EphemeralKey.generate(group, new FixedRandom(0x3c)).publicValue();
        assertThat(first).isEqualTo(again).isNotEqualTo(other);
        // Providers have their own.
        byte[] own = EphemeralKey.generate(group, new FixedRandom(0x5a), provider.sources())
                .publicValue();
        assertThat(Arrays.equals(own, first)).isEqualTo(ProviderKey.source(group, provider.sources()) == null);
    }

    @ParameterizedTest
    @EnumSource(Group.class)
    void agreesOnlyOnce(Group group) throws Exception {
        EphemeralKey key = EphemeralKey.generate(group, random, provider.sources());
        byte[] peer = EphemeralKey.generate(group, random, provider.sources()).publicValue();
        key.agree(peer);
        assertThatThrownBy(() -> key.agree(peer)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @EnumSource(Group.class)
    void isGoneAfterARefusedPublicValueToo(Group group) {
        EphemeralKey key = EphemeralKey.generate(group, random, provider.sources());
        byte[] peer = EphemeralKey.generate(group, random, provider.sources()).publicValue();
        assertThatThrownBy(() -> key.agree(new byte[0])).isInstanceOf(InvalidPublicValueException.class);
        assertThatThrownBy(() -> key.agree(peer)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @EnumSource(Group.class)
    void keepsItsPublicValueWhenDestroyed(Group group) {
        EphemeralKey key = EphemeralKey.generate(group, random, provider.sources());
        byte[] before = key.publicValue();
        before[0] ^= 1;
        before[0] ^= 1;
        key.publicValue()[0] ^= 1;
        key.destroy();
        key.destroy();
        assertThat(key.publicValue()).isEqualTo(before);
        assertThatThrownBy(() -> key.agree(before)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @EnumSource(Group.class)
    void anEmptyPublicValueIsALengthFault(Group group) {
        EphemeralKey key = EphemeralKey.generate(group, random, provider.sources());
        InvalidPublicValueException fault =
                catchThrowableOfType(InvalidPublicValueException.class, () -> key.agree(new byte[0]));
        assertThat(fault.kind()).isEqualTo(InvalidPublicValueException.Kind.BAD_LENGTH);
        // A peer can cause it at will, so it must be cheap.
        assertThat(fault.getStackTrace()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Group.class)
    void anyOtherFaultIsAValueFault(Group group) {
        int length = group.publicLength();
        // All ones is no field element, no point and not below p; one byte more or less is another encoding.
        for (byte[] wrong : new byte[][] {new byte[1], new byte[length], ones(length + 1)}) {
            EphemeralKey key = EphemeralKey.generate(group, random, provider.sources());
            InvalidPublicValueException fault =
                    catchThrowableOfType(InvalidPublicValueException.class, () -> key.agree(wrong));
            assertThat(fault.kind()).isEqualTo(InvalidPublicValueException.Kind.BAD_VALUE);
        }
    }

    @ParameterizedTest
    @EnumSource(Group.class)
    void showsNeitherHalfInItsName(Group group) {
        assertThat(EphemeralKey.generate(group, random, provider.sources())).hasToString("EphemeralKey[" + group + "]");
    }

    private static byte[] ones(int length) {
        byte[] b = new byte[length];
        Arrays.fill(b, (byte) 0xff);
        return b;
    }
}
