using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Lucid.Evidence.Tests;

public sealed class KeyTests
{
    [Theory]
    [InlineData("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "", "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72", "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    public void Ed25519_gives_the_vectors_of_rfc_8032(string seed, string publicKey, string message, string signature)
    {
        using var key = Ed25519Key.FromSeed(Convert.FromHexString(seed));
        Assert.Equal(publicKey, Convert.ToHexStringLower(key.PublicKey.ToArray()));
        var actual = key.Sign(Convert.FromHexString(message));
        Assert.Equal(signature, Convert.ToHexStringLower(actual.Span));
        Assert.True(key.PublicKey.Verify(Convert.FromHexString(message), actual));
        Assert.Equal(seed, Convert.ToHexStringLower(key.ExportSeed()));
    }

    [Fact]
    public void A_signature_with_the_group_order_added_to_s_is_refused()
    {
        using var key = Ed25519Key.FromSeed(new byte[32]);
        var signature = key.Sign("x"u8);
        var order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", System.Globalization.CultureInfo.InvariantCulture);
        var s = new BigInteger(signature.Span[32..], isUnsigned: true) + order;
        var bytes = new byte[64];
        signature.Span[..32].CopyTo(bytes);
        Assert.True(s.TryWriteBytes(bytes.AsSpan(32), out _, isUnsigned: true));
        Assert.False(key.PublicKey.Verify("x"u8, new Signature64(bytes)));
    }

    [Theory]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")]
    public void A_key_of_small_order_verifies_nothing(string point)
    {
        // With A and R of small order and S = 0 a cofactored or careless check accepts every message.
        var key = new Ed25519PublicKey(Convert.FromHexString(point));
        foreach (var r in new[] { point, "0100000000000000000000000000000000000000000000000000000000000000" })
        {
            var signature = new Signature64(Convert.FromHexString(r + new string('0', 64)));
            for (var i = 0; i < 16; i++)
            {
                Assert.False(key.Verify([(byte)i], signature));
            }
        }
    }

    // RFC 9180 A.1.1 and A.3.1 (AES-128-GCM, first encryption).
    [Theory]
    [InlineData(0x20, "52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736", "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8", "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431", "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a")]
    [InlineData(0x10, "4995788ef4b9d6132b249ce59a77281493eb39af373d236a1fe415cb0c2d7beb", "f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2", "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac98536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4", "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f9076ac232e3ab2523f39513434")]
    public void Hpke_gives_the_vectors_of_rfc_9180(int kemId, string ephemeral, string recipient, string enc, string cipherText)
    {
        var kem = (HpkeKem)kemId;
        var secret = Convert.FromHexString(recipient);
        var recipientPublic = HpkeDh.PublicKey(kem, secret);
        var info = Convert.FromHexString("4f6465206f6e2061204772656369616e2055726e");
        var sealedOnce = Hpke.Seal(kem, recipientPublic, info, "Count-0"u8, "Beauty is truth, truth beauty"u8, Convert.FromHexString(ephemeral), keySize: 16);
        Assert.Equal(enc, Convert.ToHexStringLower(sealedOnce.Enc));
        Assert.Equal(cipherText, Convert.ToHexStringLower(sealedOnce.CipherText));
        var plain = Hpke.Open(kem, secret, recipientPublic, Convert.FromHexString(enc), info, "Count-0"u8, Convert.FromHexString(cipherText), keySize: 16);
        Assert.Equal("Beauty is truth, truth beauty", Encoding.ASCII.GetString(plain));
    }

    // The AES-256-GCM suites of the RFC's full vector set, in the accumulated form: SHAKE128 over 1,000 encryptions of
    // inputs drawn from SHAKE128, as published with an independent implementation.
    [Theory]
    [InlineData(0x20, "497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d", "430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c", "6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256", "1702e73e1e71705faa8241022af1deea")]
    [InlineData(0x10, "317f915db7bc629c48fe765587897e01e282d3e8445f79f27f65d031a88082b2", "04abc7e49a4c6b3566d77d0304addc6ed0e98512ffccf505e6a8e3eb25c685136f853148544876de76c0f2ef99cdc3a05ccf5ded7860c7c021238f9e2073d2356c", "04c06b4f6bebc7bb495cb797ab753f911aff80aefb86fd8b6fcc35525f3ab5f03e0b21bd31a86c6048af3cb2d98e0d3bf01da5cc4c39ff5370d331a4f1f7d5a4e0", "8d3263541fc1695b6e88ff3a1208577c")]
    public void Hpke_gives_the_aes_256_vectors_of_the_rfc_set(int kemId, string recipient, string publicKey, string enc, string accumulated)
    {
        var kem = (HpkeKem)kemId;
        var secret = Convert.FromHexString(recipient);
        Assert.Equal(publicKey, Convert.ToHexStringLower(HpkeDh.PublicKey(kem, secret)));
        var shared = Hpke.SharedSecret(kem, HpkeDh.Agree(kem, secret, Convert.FromHexString(enc)), Convert.FromHexString(enc), Convert.FromHexString(publicKey));
        var (key, baseNonce) = Hpke.KeySchedule(kem, shared, Convert.FromHexString("4f6465206f6e2061204772656369616e2055726e"), keySize: 32);
        using var aes = new AesGcm(key, 16);
        var source = Shake128.HashData([], 1000 * 2 * 256);
        var at = 0;
        var sink = new List<byte>();
        for (var sequence = 0; sequence < 1000; sequence++)
        {
            var aad = Draw();
            var plain = Draw();
            var nonce = (byte[])baseNonce.Clone();
            nonce[^1] ^= (byte)sequence;
            nonce[^2] ^= (byte)(sequence >> 8);
            var cipher = new byte[plain.Length];
            var tag = new byte[16];
            aes.Encrypt(nonce, plain, cipher, tag, aad);
            sink.AddRange([.. cipher, .. tag]);
        }

        Assert.Equal(accumulated, Convert.ToHexStringLower(Shake128.HashData([.. sink], 16)));

        byte[] Draw()
        {
            var length = source[at];
            var drawn = source.AsSpan(at + 1, length).ToArray();
            at += 1 + length;
            return drawn;
        }
    }

    [Fact]
    public void An_envelope_opens_only_for_its_recipient_session_and_key()
    {
        foreach (var recipient in new[] { RecipientPrivateKey.GenerateP256(), RecipientPrivateKey.GenerateX25519() })
        {
            var dataKey = new SeededGenerator(1).Bytes(32);
            var (session, dek) = (Guid.CreateVersion7(DateTimeOffset.UnixEpoch), Guid.CreateVersion7(DateTimeOffset.UnixEpoch));
            var envelope = KeyEnvelope.Wrap(dataKey, recipient.PublicKey, session, dek);
            var read = KeyEnvelope.Parse(envelope.ToJson());
            Assert.Equal(envelope, read);
            Assert.Equal(dataKey, read.Unwrap(recipient, session, dek));
            Refused(() => read.Unwrap(recipient, dek, dek));
            Refused(() => read.Unwrap(recipient, session, session));
            Refused(() => read.Unwrap(RecipientPrivateKey.GenerateP256(), session, dek));
            for (var bit = 0; bit < 48 * 8; bit++)
            {
                var wrapped = read.Wrapped.ToArray();
                wrapped[bit / 8] ^= (byte)(1 << (bit % 8));
                Refused(() => (read with { Wrapped = wrapped }).Unwrap(recipient, session, dek));
            }

            Refused(() => (read with { Enc = new byte[envelope.Enc.Length] }).Unwrap(recipient, session, dek));
            using var again = RecipientPrivateKey.Parse(recipient.ToJwk());
            Assert.Equal(recipient.PublicKey, again.PublicKey);
            Assert.Equal(dataKey, read.Unwrap(again, session, dek));
        }

        static void Refused(Action action) => Assert.Throws<EvidenceException>(action);
    }

    [Fact]
    public void A_key_id_is_the_rfc_7638_thumbprint_whatever_else_the_jwk_says()
    {
        // The P-256 key of RFC 7517 A.1.
        const string Jwk = """{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","use":"enc","key_ops":["deriveBits"],"ext":true}""";
        const string Members = """{"crv":"P-256","kty":"EC","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}""";
        var key = RecipientPublicKey.Parse(Encoding.UTF8.GetBytes(Jwk));
        Assert.Equal(Members, Encoding.UTF8.GetString(key.Jwk.Span));
        Assert.Equal("cn-I_WNMClehiVp51i_0VpOENW1upEerA8sEam5hn-s", key.Kid);
        Assert.Equal(key.Kid, ManifestKey.Parse(Encoding.UTF8.GetBytes(Jwk)).Kid);
    }

    [Theory]
    [InlineData("""{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"}""")]
    [InlineData("""{"kty":"EC","crv":"P-384","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}""")]
    [InlineData("""{"kty":"OKP","crv":"X25519","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""")]
    [InlineData("""{"kty":"OKP","crv":"X25519","x":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}""")]
    [InlineData("""{"kty":"OKP","crv":"X25519","x":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB"}""")]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""")]
    [InlineData("""{"kty":"OKP","crv":"X25519"}""")]
    [InlineData("[]")]
    public void A_key_off_its_curve_of_small_order_or_with_its_private_part_is_refused(string jwk) =>
        Assert.Throws<EvidenceException>(() => RecipientPublicKey.Parse(Encoding.UTF8.GetBytes(jwk)));
}
