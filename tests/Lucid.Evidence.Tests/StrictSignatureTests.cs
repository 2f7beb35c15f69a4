namespace Lucid.Evidence.Tests;

/// <summary>Signatures on which implementations of Ed25519 differ (formats.md §1 has them as vectors).</summary>
public sealed class StrictSignatureTests
{
    [Theory]
    [InlineData("7767a3242dc9b58bbc68488c1265cc6cc5f26c6f3c88a5d55e901b0734dca572", "37da69e09442b7d55cc3b5795bfab9763f2d49979cf569920d433aac74ed56b999bd305e2299527e47a92db2571b1785cbce6da18ffec542d1a0cc987e4d1004", false)]
    [InlineData("7767a3242dc9b58bbc68488c1265cc6cc5f26c6f3c88a5d55e901b0734dca572", "6b12d4d055bd943206034b402ebe601bf715a3bbe772cdac6ab65b94d9a07bf64e901452728e546c3caafdab1378a35efab3ba239f88508fdd6db465ed910003", true)]
    [InlineData("7767a3242dc9b58bbc68488c1265cc6cc5f26c6f3c88a5d55e901b0734dca572", "6b12d4d055bd943206034b402ebe601bf715a3bbe772cdac6ab65b94d9a07bf63b640aaf8cf166c41247f54ef2718273fab3ba239f88508fdd6db465ed910013", false)]
    [InlineData("b15bf26424d1b69dd33b7a9e57db5de4a2aadea4a2a051efd9bfd6af74165d2b", "35080ff8bd857bfb78bdb1963142dccc2db5a1fb040ed32473c44250634524813b6ada562702d50aa674aebdd11f47a522645f52f8b5ddeabbc4a9e795008003", false)]
    [InlineData("b15bf26424d1b69dd33b7a9e57db5de4a2aadea4a2a051efd9bfd6af74165d2b", "6b12d4d055bd943206034b402ebe601bf715a3bbe772cdac6ab65b94d9a07bf607a73b6b67626fe03df43b06e5e1f095e811bed08d236452d3524f9e9f627b0b", true)]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000", "58666666666666666666666666666666666666666666666666666666666666660100000000000000000000000000000000000000000000000000000000000000", false)]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", "58666666666666666666666666666666666666666666666666666666666666660100000000000000000000000000000000000000000000000000000000000000", false)]
    public void A_signature_is_accepted_exactly_where_the_document_says_so(string key, string signature, bool accepted) =>
        Assert.Equal(accepted, new Ed25519PublicKey(Convert.FromHexString(key)).Verify("lucid"u8, new Signature64(Convert.FromHexString(signature))));
}
