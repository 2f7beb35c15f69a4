using System.Text;

namespace Lucid.Wallets.Tests;

public sealed class AddressTests
{
    [Theory]
    [InlineData("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    public void Keccak_256_is_the_original_not_SHA3(string text, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(Keccak256.Hash(Encoding.ASCII.GetBytes(text))));

    [Fact]
    public void Keys_of_the_vectors_give_their_public_key_and_address()
    {
        Assert.NotEmpty(Vectors.All.Keys);
        foreach (VectorKey vector in Vectors.All.Keys)
        {
            using WalletKey key = WalletKey.FromPrivateKey(Convert.FromHexString(vector.PrivateKey));
            byte[] uncompressed = Convert.FromHexString(vector.PublicKeyUncompressed);
            Assert.Equal(uncompressed[1..], key.PublicKey.ToArray());
            Assert.Equal(vector.Keccak256OfXy, Convert.ToHexStringLower(Keccak256.Hash(key.PublicKey)));
            Assert.Equal(vector.AddressBase58, key.Address.ToString());
            Assert.Equal(vector.AddressHex, Convert.ToHexStringLower(key.Address.Bytes));
            Assert.Equal(key.Address, TronAddress.FromPublicKey(uncompressed));
            Assert.Equal(vector.PrivateKey, Convert.ToHexStringLower(key.ExportPrivateKey()));
        }
    }

    [Fact]
    public void Addresses_of_the_vectors_are_accepted_or_refused_as_stated()
    {
        Assert.NotEmpty(Vectors.All.Addresses);
        foreach (VectorAddress vector in Vectors.All.Addresses)
        {
            Assert.True(vector.Valid == TronAddress.TryParse(vector.Address, out TronAddress? address), vector.Note);
            if (address is not null)
            {
                Assert.Equal(vector.Hex, Convert.ToHexStringLower(address.Bytes));
                Assert.Equal(vector.Address, address.ToString());
            }
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC")]
    [InlineData("TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2H\n")]
    [InlineData("tMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC")]
    [InlineData("TMVQGm１qAQYVdetCeGRRkTWYYrLXuHK2HC")]
    [InlineData("TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HС")]
    [InlineData("TMVQGmlqAQYVdetCeGRRkTWYYrLXuHK2HC")]
    public void Other_spellings_of_a_real_address_are_refused(string? text) => Assert.False(TronAddress.TryParse(text, out _));

    [Fact]
    public void Every_single_changed_character_fails_the_checksum()
    {
        const string Address = "TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC";
        for (int i = 0; i < Address.Length; i++)
        {
            foreach (char other in "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".Where(other => other != Address[i]))
            {
                Assert.False(TronAddress.TryParse(Address[..i] + other + Address[(i + 1)..], out _));
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0000000000")]
    [InlineData("00ff00")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffff")]
    public void Base58check_keeps_leading_zeros_and_every_length(string hex)
    {
        byte[] payload = Convert.FromHexString(hex);
        Assert.True(Base58Check.TryDecode(Base58Check.Encode(payload), out byte[]? decoded));
        Assert.Equal(payload, decoded);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1111")]
    [InlineData("0OIl")]
    public void Texts_that_are_not_base58check_are_refused(string text) => Assert.False(Base58Check.TryDecode(text, out _));

    [Fact]
    public void A_text_of_any_size_is_refused_at_once() => Assert.False(Base58Check.TryDecode(new string('z', 1_000_000), out _));

    [Fact]
    public void Public_keys_in_another_form_are_refused()
    {
        Assert.Throws<ArgumentException>(() => TronAddress.FromPublicKey(new byte[33]));
        Assert.Throws<ArgumentException>(() => TronAddress.FromPublicKey(new byte[65]));
    }
}
