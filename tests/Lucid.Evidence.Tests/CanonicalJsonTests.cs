using System.Text;
using System.Text.Json;

namespace Lucid.Evidence.Tests;

public sealed class CanonicalJsonTests
{
    [Fact]
    public void Members_are_sorted_by_utf16_code_units_as_in_the_example_of_rfc_8785()
    {
        const string Input = """{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}""";
        var names = JsonDocument.Parse(CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(Input))).RootElement.EnumerateObject().Select(m => m.Value.GetString());
        Assert.Equal(["Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign", "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh"], names);
    }

    [Fact]
    public void Strings_are_escaped_as_in_rfc_8785()
    {
        const string Input = """{"s":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/\b\f\t\r\u007f\u2028"}""";
        const string Expected = "{\"s\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\\b\\f\\t\\r\u007f\u2028\"}";
        Assert.Equal(Expected, Encoding.UTF8.GetString(CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(Input))));
    }

    [Theory]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("{\"a\":1.0}")]
    [InlineData("{\"a\":1e2}")]
    [InlineData("{\"a\":9007199254740992}")]
    [InlineData("{\"a\":-9007199254740992}")]
    [InlineData("{\"a\":null}")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    [InlineData("{\"a\":\"\\udc00\\ud800\"}")]
    [InlineData("{\"\\ud800\":1}")]
    [InlineData("[[[[[[[[[1]]]]]]]]]")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":1}x")]
    [InlineData("{\"a\":/* */1}")]
    [InlineData("\ufeff{\"a\":1}")]
    [InlineData("")]
    [InlineData("{")]
    public void What_is_outside_the_profile_is_refused(string text)
    {
        var exception = Assert.Throws<EvidenceException>(() => CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(EvidenceFault.JsonMalformed, exception.Fault);
    }

    [Theory]
    [InlineData("{\"b\":1,\"a\":2}")]
    [InlineData("{\"a\": 1}")]
    [InlineData(" {\"a\":1}")]
    [InlineData("{\"a\":1}\n")]
    [InlineData("{\"a\":-0}")]
    [InlineData("{\"a\":\"\\u0041\"}")]
    [InlineData("{\"a\":\"\\/\"}")]
    [InlineData("{\"a\":\"\\u000F\"}")]
    public void Another_spelling_of_the_same_value_is_refused(string text)
    {
        var exception = Assert.Throws<EvidenceException>(() => CanonicalJson.Parse(Encoding.UTF8.GetBytes(text)).Dispose());
        Assert.Equal(EvidenceFault.JsonNotCanonical, exception.Fault);
    }

    [Fact]
    public void Invalid_utf8_is_refused() =>
        Assert.Throws<EvidenceException>(() => CanonicalJson.Canonicalize(new byte[] { (byte)'"', 0xc3, 0x28, (byte)'"' }));

    [Theory]
    [InlineData("{\"a\":[1,-9007199254740991,9007199254740991,true,false,\"x\",{}],\"b\":[]}")]
    [InlineData("[[[[[[[[1]]]]]]]]")]
    public void A_canonical_document_is_accepted_as_it_is(string text)
    {
        using var document = CanonicalJson.Parse(Encoding.UTF8.GetBytes(text));
        Assert.Equal(text, Encoding.UTF8.GetString(CanonicalJson.Canonicalize(document.RootElement)));
    }

    [Fact]
    public void The_writer_refuses_members_out_of_order() => Assert.Throws<InvalidOperationException>(() => CanonicalJsonWriter.ToBytes(w =>
    {
        w.StartObject();
        w.Member("b", 1);
        w.Member("a", 2);
    }));

    [Theory]
    [InlineData("QQ==", true)]
    [InlineData("QR==", false)]
    [InlineData("QQ", false)]
    [InlineData("QQ= =", false)]
    [InlineData(" QQ==", false)]
    [InlineData("-_-_", false)]
    [InlineData("", true)]
    public void Base64_has_one_spelling(string text, bool accepted)
    {
        if (accepted)
        {
            Assert.Equal(text, Convert.ToBase64String(StrictBase64.Decode(text)));
        }
        else
        {
            Assert.Throws<EvidenceException>(() => StrictBase64.Decode(text));
        }
    }

    [Theory]
    [InlineData("2026-01-31T12:00:00.000Z", true)]
    [InlineData("2026-01-31T12:00:00Z", false)]
    [InlineData("2026-01-31T12:00:00.000+00:00", false)]
    [InlineData("2026-01-31t12:00:00.000z", false)]
    [InlineData("2026-02-30T12:00:00.000Z", false)]
    public void Times_have_one_spelling(string text, bool accepted)
    {
        if (accepted)
        {
            Assert.Equal(text, Timestamp.Format(Timestamp.Parse(text)));
        }
        else
        {
            Assert.Throws<EvidenceException>(() => Timestamp.Parse(text));
        }
    }

    [Theory]
    [InlineData("AA")]
    [InlineData("0g")]
    [InlineData("0")]
    public void Hex_is_lower_case_and_complete(string text) => Assert.False(StrictHex.TryDecode(text, new byte[1]));
}
