import { Body, Container, Head, Heading, Html, Section, Text } from "react-email";
import { ActionButton } from "./action-button";
import { DARK, LIGHT, readable, textOn } from "./colours";
import type { MailContent } from "./content";
import { FactsTable } from "./facts-table";

const FONT =
  "'Atkinson Hyperlegible Next','Segoe UI',-apple-system,BlinkMacSystemFont,Roboto,'Helvetica Neue',Arial,sans-serif";

/** Keeps what follows out of the line that mail programs show beside the subject. */
const PADDING = "\u00a0\u200c".repeat(90);

/** Clients that know neither media queries nor dark mode keep the inline, light look. */
function styleSheet(accent: string): string {
  const bright = readable(accent, DARK.panel);
  return `
:root{color-scheme:light dark;supported-color-schemes:light dark}
a{color:${readable(accent, LIGHT.panel)}}
@media (max-width:480px){
.panel-inside{padding:24px 20px 8px!important}
.fact-label,.fact-value{display:block!important;width:auto!important;padding-left:0!important;text-align:left!important}
.fact-label{border-bottom:0!important;padding-bottom:0!important}
.button{display:block!important;text-align:center!important}
}
@media (prefers-color-scheme:dark){
.surface,.surface>table>tbody>tr>td{background-color:${DARK.surface}!important}
.panel{background-color:${DARK.panel}!important;border-color:${bright} ${DARK.line} ${DARK.line}!important}
.ink{color:${DARK.ink}!important}
.muted{color:${DARK.muted}!important}
.accent{color:${bright}!important}
.line{border-color:${DARK.line}!important}
.highlight{background-color:${DARK.surface}!important;border-color:${bright}!important}
.button{background-color:${bright}!important;color:${textOn(bright)}!important}
a{color:${bright}}
}`;
}

const paragraph = {
  overflowWrap: "anywhere" as const,
  fontSize: "16px",
  lineHeight: "25px",
  margin: "0 0 16px",
  color: LIGHT.ink,
};
const small = { fontSize: "13px", lineHeight: "20px", margin: "0 0 8px", color: LIGHT.muted };

/** Every mail's frame: brand, panel, what it says, footer. No image, no pixel, no script (R16). */
export function MailLayout({ content }: { content: MailContent }) {
  const { brand, highlight } = content;
  const accent = readable(brand.accentColor, LIGHT.panel);
  return (
    <Html lang={content.language}>
      <Head>
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{content.subject}</title>
        <style>{styleSheet(brand.accentColor)}</style>
      </Head>
      <Body
        lang={content.language}
        className="surface"
        style={{
          margin: 0,
          padding: "24px 12px",
          backgroundColor: LIGHT.surface,
          fontFamily: FONT,
        }}
      >
        <div
          data-preheader=""
          style={{
            display: "none",
            maxHeight: 0,
            overflow: "hidden",
            opacity: 0,
            lineHeight: "1px",
          }}
        >
          {content.preheader}
          {PADDING}
        </div>
        <Container style={{ maxWidth: "600px", width: "100%" }}>
          <Text
            className="accent"
            style={{
              fontSize: "18px",
              fontWeight: 700,
              margin: "0 0 16px 4px",
              color: readable(accent, LIGHT.surface),
            }}
          >
            {brand.name}
          </Text>
          <Section
            className="panel"
            tdClassName="panel-inside"
            style={{
              backgroundColor: LIGHT.panel,
              border: `1px solid ${LIGHT.line}`,
              borderTop: `4px solid ${brand.accentColor}`,
              borderRadius: "8px",
              padding: "32px 32px 16px",
            }}
          >
            <Heading
              as="h1"
              className="ink"
              style={{
                // A title may name an address.
                overflowWrap: "anywhere",
                fontSize: "26px",
                lineHeight: "32px",
                fontWeight: 700,
                margin: "0 0 16px",
                color: LIGHT.ink,
              }}
            >
              {content.title}
            </Heading>
            {content.paragraphs.map((text) => (
              <Text key={text} className="ink" style={paragraph}>
                {text}
              </Text>
            ))}
            {highlight ? <Highlight {...highlight} accent={brand.accentColor} /> : null}
            <ActionButton href={content.action.href} accent={brand.accentColor}>
              {content.action.label}
            </ActionButton>
            {content.facts.length > 0 ? <FactsTable facts={content.facts} /> : null}
            {content.notes.map((text) => (
              <Text
                key={text}
                className="ink"
                style={{ ...paragraph, fontSize: "15px", lineHeight: "23px" }}
              >
                {text}
              </Text>
            ))}
          </Section>
          <Section style={{ padding: "20px 8px 0" }}>
            {content.footer.map((text) => (
              <Text key={text} className="muted" style={small}>
                {text}
              </Text>
            ))}
          </Section>
        </Container>
      </Body>
    </Html>
  );
}

interface HighlightProps {
  label: string;
  value: string;
  note: string;
  accent: string;
}

/** The one figure people look for. */
function Highlight({ label, value, note, accent }: HighlightProps) {
  return (
    <Section
      className="highlight"
      style={{
        backgroundColor: LIGHT.surface,
        borderLeft: `4px solid ${accent}`,
        padding: "16px 20px",
        margin: "8px 0 24px",
      }}
    >
      <Text className="muted" style={{ ...small, fontSize: "15px", margin: 0 }}>
        {label}
      </Text>
      <Text
        className="ink"
        style={{
          fontSize: "34px",
          lineHeight: "42px",
          fontWeight: 700,
          margin: 0,
          color: LIGHT.ink,
        }}
      >
        {value}
      </Text>
      <Text
        className="ink"
        style={{ fontSize: "16px", lineHeight: "24px", margin: 0, color: LIGHT.ink }}
      >
        {note}
      </Text>
    </Section>
  );
}
