using System.Text.Json;

namespace Lucid.Wallets.Tests;

internal sealed record Vectors(VectorKey[] Keys, VectorAddress[] Addresses, VectorMessage[] Messages)
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static Vectors All { get; } = Read();

    private static Vectors Read()
    {
        using Stream stream = typeof(Vectors).Assembly.GetManifestResourceStream("vectors.json")!;
        return JsonSerializer.Deserialize<Vectors>(stream, SnakeCase)!;
    }
}

internal sealed record VectorKey(
    string PrivateKey, string PublicKeyUncompressed, string Keccak256OfXy, string AddressHex, string Base58PayloadChecksum, string AddressBase58);

internal sealed record VectorAddress(string Address, bool Valid, string? Hex, string Note);

internal sealed record VectorMessage(
    string Message, string Encoding, int ByteLength, string Digest, string PrivateKey, string Signature, string SignerBase58)
{
    public byte[] Bytes => Encoding == "hex" ? Convert.FromHexString(Message) : System.Text.Encoding.UTF8.GetBytes(Message);
}
