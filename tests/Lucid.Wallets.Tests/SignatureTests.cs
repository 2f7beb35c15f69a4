using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Lucid.Wallets.Tests;

public sealed class SignatureTests
{
    private const string Message = "Sign this message to authenticate with Lucid";
    private const string Signature = "3edab14d0d5f898b80a8b01c95ac98c5d1b1b9c2218dbbe753c43e3a8c689cd30fc459e1f33f03cbc54b4dde1bea85ae93ddbd0c50eb90992634d6e1f4c65a481b";
    private static readonly BigInteger Order = BigInteger.Parse("00fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    private static readonly byte[] MessageBytes = Encoding.UTF8.GetBytes(Message);

    private static TronAddress Address(string text) => TronAddress.TryParse(text, out TronAddress? address) ? address : throw new FormatException(text);

    private static TronAddress SignerOne => Address("TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC");

    private static WalletKey KeyOne() => WalletKey.FromPrivateKey([.. new byte[31], 1]);

    private static SignatureCheck Check(string? signature) => WalletSignature.CheckMessage(MessageBytes, signature, SignerOne);

    [Fact]
    public void The_log_in_message_has_the_published_digest_and_signature()
    {
        Assert.Equal("d6ea3c8319f11067c405f5f6ca7f77dc111a7553b8398e159152c4920f8879d2", Convert.ToHexStringLower(Tip191.Digest(MessageBytes)));
        using WalletKey key = KeyOne();
        Assert.Equal(Signature, key.SignMessage(MessageBytes));
        Assert.Equal(SignatureCheck.Valid, Check(Signature));
    }

    [Fact]
    public void Messages_of_the_vectors_are_signed_and_verified_multi_byte_and_empty_ones_included()
    {
        Assert.NotEmpty(Vectors.All.Messages);
        foreach (VectorMessage vector in Vectors.All.Messages)
        {
            Assert.Equal(vector.ByteLength, vector.Bytes.Length);
            Assert.Equal(vector.Digest, Convert.ToHexStringLower(Tip191.Digest(vector.Bytes)));
            using WalletKey key = WalletKey.FromPrivateKey(Convert.FromHexString(vector.PrivateKey));
            Assert.Equal(vector.Signature, key.SignMessage(vector.Bytes));
            Assert.Equal(SignatureCheck.Valid, WalletSignature.CheckMessage(vector.Bytes, vector.Signature, Address(vector.SignerBase58)));
            Assert.Equal(SignatureCheck.OtherSigner, WalletSignature.CheckMessage([.. vector.Bytes, 0], vector.Signature, Address(vector.SignerBase58)));
        }
    }

    [Theory]
    [InlineData("1b", SignatureCheck.Valid)]
    [InlineData("00", SignatureCheck.Valid)]
    [InlineData("1c", SignatureCheck.OtherSigner)]
    [InlineData("01", SignatureCheck.OtherSigner)]
    [InlineData("02", SignatureCheck.RecoveryByteOutOfRange)]
    [InlineData("1a", SignatureCheck.RecoveryByteOutOfRange)]
    [InlineData("1d", SignatureCheck.RecoveryByteOutOfRange)]
    [InlineData("25", SignatureCheck.RecoveryByteOutOfRange)]
    [InlineData("ff", SignatureCheck.RecoveryByteOutOfRange)]
    public void The_recovery_byte_is_0_1_27_or_28(string v, SignatureCheck expected) => Assert.Equal(expected, Check(Signature[..128] + v));

    [Fact]
    public void Hexadecimal_is_read_in_both_cases_and_with_0x()
    {
        Assert.Equal(SignatureCheck.Valid, Check(Signature.ToUpperInvariant()));
        Assert.Equal(SignatureCheck.Valid, Check("0x" + Signature));
    }

    [Fact]
    public void Anything_but_130_ASCII_digits_is_malformed()
    {
        string[] texts =
        [
            "", "0x", Signature[..128], "0x" + Signature[..128], Signature[..129], Signature + "0", Signature + "00", " " + Signature,
            Signature + "\n", "0X" + Signature, "0x0x" + Signature, "g" + Signature[1..], "\uFF13" + Signature[1..], "\u0663" + Signature[1..], "-" + Signature[1..],
        ];
        Assert.All(texts, text => Assert.Equal(SignatureCheck.Malformed, Check(text)));
        Assert.Equal(SignatureCheck.Malformed, Check(null));
    }

    [Fact]
    public void Scalars_outside_1_to_the_order_are_refused()
    {
        string zero = new('0', 64);
        string order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
        string most = new('f', 64);
        foreach (string bad in (string[])[zero, order, most])
        {
            Assert.Equal(SignatureCheck.ScalarOutOfRange, Check(bad + Signature[64..]));
            Assert.Equal(SignatureCheck.ScalarOutOfRange, Check(Signature[..64] + bad + Signature[128..]));
        }
    }

    [Fact]
    public void An_r_that_is_no_coordinate_of_the_curve_is_not_recoverable() =>
        Assert.Equal(SignatureCheck.NotRecoverable, Check(new string('0', 63) + "5" + Signature[64..])); // x = 5 has no y

    [Fact]
    public void A_high_s_with_the_opposite_recovery_byte_is_the_same_signature()
    {
        BigInteger s = BigInteger.Parse("0" + Signature[64..128], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        string high = (Order - s).ToString("x65", CultureInfo.InvariantCulture)[^64..];
        Assert.Equal(SignatureCheck.Valid, Check(Signature[..64] + high + "1c"));
        Assert.Equal(SignatureCheck.OtherSigner, Check(Signature[..64] + high + "1b"));
    }

    [Fact]
    public void The_Ethereum_prefix_leads_to_another_signer()
    {
        byte[] digest = Keccak256.Hash([0x19, .. Encoding.ASCII.GetBytes($"Ethereum Signed Message:\n{MessageBytes.Length}{Message}")]);
        Assert.Equal(SignatureCheck.OtherSigner, WalletSignature.CheckDigest(digest, Signature, SignerOne));
        Assert.Equal(SignatureCheck.Valid, WalletSignature.CheckDigest(digest, Signature, Address("TMYeWDpbbX6zhtgaEpGy9jvBi2h6GiT23J")));
    }

    [Fact]
    public void The_length_in_the_prefix_counts_bytes_not_characters()
    {
        byte[] message = Encoding.UTF8.GetBytes("日本");
        byte[] counted = Keccak256.Hash([0x19, .. Encoding.ASCII.GetBytes("TRON Signed Message:\n6"), .. message]);
        Assert.Equal(counted, Tip191.Digest(message));
    }

    [Fact]
    public void A_digest_of_another_size_is_a_mistake_of_the_caller() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => WalletSignature.CheckDigest(new byte[31], Signature, SignerOne));

    [Fact]
    public void Signatures_whose_r_or_s_begins_with_zeros_keep_their_130_digits()
    {
        using WalletKey key = KeyOne();
        int leadingR = 0;
        int leadingS = 0;
        for (int i = 0; leadingR < 2 || leadingS < 2; i++)
        {
            byte[] message = BitConverter.GetBytes(i);
            string signature = key.SignMessage(message);
            leadingR += signature.StartsWith("00", StringComparison.Ordinal) ? 1 : 0;
            leadingS += signature.AsSpan(64).StartsWith("00", StringComparison.Ordinal) ? 1 : 0;
            Assert.Equal(130, signature.Length);
            Assert.Equal(SignatureCheck.Valid, WalletSignature.CheckMessage(message, signature, key.Address));
        }
    }

    [Fact]
    public void A_thousand_random_keys_sign_parse_and_verify()
    {
        using WalletKey other = WalletKey.Generate();
        var addresses = new HashSet<TronAddress>();
        for (int i = 0; i < 1000; i++)
        {
            using WalletKey key = WalletKey.Generate();
            byte[] message = RandomNumberGenerator.GetBytes(i % 300);
            string signature = key.SignMessage(message);
            Assert.True(TronAddress.TryParse(key.Address.ToString(), out TronAddress? parsed));
            Assert.Equal(key.Address, parsed);
            Assert.Equal(SignatureCheck.Valid, WalletSignature.CheckMessage(message, signature, parsed));
            Assert.Equal(SignatureCheck.OtherSigner, WalletSignature.CheckMessage(message, signature, other.Address));
            Assert.Equal(signature, key.SignMessage(message));
            addresses.Add(parsed);
        }

        Assert.Equal(1000, addresses.Count);
    }

    [Fact]
    public void Signatures_verify_with_the_operating_systems_own_ECDSA()
    {
        for (int i = 0; i < 20; i++)
        {
            using WalletKey key = WalletKey.Generate();
            byte[] message = RandomNumberGenerator.GetBytes(50);
            using var independent = ECDsa.Create(new ECParameters
            {
                Curve = ECCurve.CreateFromValue("1.3.132.0.10"),
                Q = new ECPoint { X = key.PublicKey[..32].ToArray(), Y = key.PublicKey[32..].ToArray() },
            });
            byte[] signature = Convert.FromHexString(key.SignMessage(message))[..64];
            Assert.True(independent.VerifyHash(Tip191.Digest(message), signature));
        }
    }

    [Fact]
    public void Private_keys_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentException>(() => WalletKey.FromPrivateKey(new byte[32]));
        Assert.Throws<ArgumentException>(() => WalletKey.FromPrivateKey(new byte[31]));
        Assert.Throws<ArgumentException>(() => WalletKey.FromPrivateKey(Convert.FromHexString("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")));
    }

    [Fact]
    public void An_unset_outcome_is_not_valid() => Assert.NotEqual(SignatureCheck.Valid, default);
}
